"""The readable views that the file shows in Datasette; JSON functions of SQLite 3.40.

Names are French, for readers; nothing of diag reads through them.
"""

SUBJECTS = """
create view v_audits as
select a.n as n, a.id as audit,
  json_extract(h.value, '$.campaign') as campagne,
  json_extract(h.value, '$.kind') as type,
  json_extract(h.value, '$.code') as code,
  (select s.name from school s where s.uai = json_extract(h.value, '$.code')) as nom,
  coalesce((
    select coalesce(json_extract(x.value, '$.status'), 'en_cours') from head x
    where x.audit = a.n and x.subject = 'audit/status'
    order by x.lam desc, x.rev desc limit 1), 'en_cours') as statut
from audit a
left join head h on h.audit = a.n and h.subject = 'audit/subject' and h.rev = (
  select x.rev from head x where x.audit = a.n and x.subject = 'audit/subject'
  order by x.lam desc, x.rev desc limit 1);
"""

ANSWERS = """
create view v_reponses as
with answer as (
  select h.*, substr(h.subject, 7, 36) as place, substr(h.subject, 46) as question
  from head h
  where h.subject like 'place/%/q/%' and h.subject not like '%/note' and h.op = 'set'
), standing as (
  select answer.*, (
    select p.value from head p
    where p.audit = answer.audit and p.subject = 'place/' || answer.place
      and p.value is not null
    order by p.lam desc, p.rev desc limit 1) as place_value
  from answer
)
select v.code as code, v.campagne as campagne, v.nom as école,
  coalesce(json_extract(s.place_value, '$.name'), v.nom, v.code) as lieu,
  coalesce(json_extract(s.place_value, '$.kind'), v.type) as "type de lieu",
  s.question as question,
  case json_extract(s.value, '$.state')
    when 'known' then 'connu' when 'unknown' then 'inconnu'
    when 'not_applicable' then 'sans objet' when 'refused' then 'refusé'
    else 'effacé' end as état,
  case json_type(s.value, '$.value')
    when 'true' then 'oui' when 'false' then 'non'
    else cast(json_extract(s.value, '$.value') as text) end as valeur,
  case json_extract(s.value, '$.provenance')
    when 'measured' then 'mesuré' when 'observed' then 'observé'
    when 'declared' then 'déclaré' when 'imported' then 'importé'
    when 'carried' then 'repris' end as provenance,
  json_extract(s.value, '$.reason') as motif,
  (select group_concat(json_extract(n.value, '$'), ' / ') from head n
   where n.audit = s.audit and n.subject = s.subject || '/note'
     and n.value is not null) as note,
  s.author as auteur,
  strftime('%Y-%m-%d %H:%M:%S', s.at / 1000, 'unixepoch') as "date (UTC)",
  lower(hex(s.rev)) as modification
from standing s join v_audits v on v.n = s.audit;
"""

LOG = """
create view v_journal as
select v.code as code, v.campagne as campagne, r.lam as ordre, r.subject as sujet,
  case r.erased when 1 then 'effacé' else
    case json_extract(r.body, '$.op')
      when 'set' then 'écrit' when 'del' then 'retire' else 'efface' end
  end as action,
  json_extract(r.body, '$.value') as valeur,
  json_extract(r.body, '$.author') as auteur,
  json_extract(r.body, '$.device') as appareil,
  strftime('%Y-%m-%d %H:%M:%S', json_extract(r.body, '$.at') / 1000, 'unixepoch')
    as "date (UTC)",
  lower(hex(r.id)) as modification
from rev r join v_audits v on v.n = r.audit;
"""

FINDINGS = """
create view v_constats as
select v.code as code, v.campagne as campagne, v.nom as école,
  f.domain as domaine, f.ref as référence, f.criterion as critère, f.title as titre,
  case f.kind when 'compliance' then 'conformité' when 'blocking' then 'socle'
    else 'amélioration' end as nature,
  case f.standing when 'in' then 'concerné' when 'maybe' then 'peut-être concerné'
    else 'sans objet' end as portée,
  case f.standing when 'out' then null else f.low end as "niveau au moins",
  case f.standing when 'out' then null else f.high end as "niveau au plus",
  replace(replace(f.compliance, 'a_verifier', 'à vérifier'), '_', ' ') as conformité,
  j.digest = t.digest as "à jour"
from finding f join judged j on j.audit = f.audit
join tally t on t.audit = f.audit join v_audits v on v.n = f.audit;
"""

ADVICE = """
create view v_preconisations as
select v.code as code, v.campagne as campagne, v.nom as école,
  a.position as rang, a.domain as domaine, a.recommendation as préconisation,
  a.title as titre, a.owner as "qui agit",
  case a.trigger when 'fires' then 'à faire' else 'à confirmer' end as certitude,
  case a.gate when 'open' then null when 'waits' then 'conditionnelle'
    else 'à vérifier d''abord' end as préalable,
  a.quantity_low as "quantité au moins", a.quantity_high as "quantité au plus",
  a.cents_low / 100.0 as "coût minimum TTC (€)",
  a.cents_typical / 100.0 as "coût typique TTC (€)",
  a.cents_high / 100.0 as "coût maximum TTC (€)",
  a.yearly_cents_typical / 100.0 as "coût annuel typique TTC (€)",
  j.digest = t.digest as "à jour"
from advice a join judged j on j.audit = a.audit
join tally t on t.audit = a.audit join v_audits v on v.n = a.audit;
"""

ALL = (SUBJECTS, ANSWERS, LOG, FINDINGS, ADVICE)
"""In the order in which the first migration creates them."""

DISPATCHES = """
create view v_envois as
select v.code as code, v.campagne as campagne, v.nom as école,
  json_extract(h.value, '$.audience') as document,
  (select group_concat(each.value, ', ') from json_each(h.value, '$.to') each)
    as destinataires,
  json_extract(h.value, '$.on') as jour,
  case json_extract(h.value, '$.way') when 'smtp' then 'envoyé'
    else 'brouillon remis à la messagerie' end as voie,
  coalesce(json_extract(h.value, '$.provisional'), 0) as provisoire,
  substr(json_extract(h.value, '$.digest'), 1, 12) as empreinte,
  h.author as auteur, lower(hex(h.rev)) as modification
from head h join v_audits v on v.n = h.audit
where h.subject like 'dispatch/%' and h.value is not null;
"""
"""Added by the second."""

NAMED_SUBJECTS = """
drop view v_audits;

create view v_audits as
with about as (
  select a.n, a.id,
    json_extract(h.value, '$.campaign') as campaign,
    json_extract(h.value, '$.kind') as kind,
    json_extract(h.value, '$.code') as code
  from audit a
  left join head h on h.audit = a.n and h.subject = 'audit/subject' and h.rev = (
    select x.rev from head x where x.audit = a.n and x.subject = 'audit/subject'
    order by x.lam desc, x.rev desc limit 1)
)
select n, id as audit, campaign as campagne, kind as type, code,
  case kind
    when 'ecole' then (select s.name from school s where s.uai = code)
    when 'commune' then coalesce(
      (select c.name from commune c where c.insee = code),
      (select min(s.commune) from school s where s.insee = code)) || ' (commune)'
    when 'syndicat' then coalesce(
      (select json_extract(w.value, '$.syndicat') from setting w
       where w.key = 'workspace' and json_extract(w.value, '$.siren') = code),
      (select min(c.epci_name) from commune c where c.epci_siren = code))
  end as nom,
  coalesce((
    select coalesce(json_extract(x.value, '$.status'), 'en_cours') from head x
    where x.audit = about.n and x.subject = 'audit/status'
    order by x.lam desc, x.rev desc limit 1), 'en_cours') as statut
from about;
"""
"""Names communes and syndicats too; the views that read `v_audits` follow."""
