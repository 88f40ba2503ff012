const form=document.getElementById('form'),E=document.getElementById('etat');
form.onsubmit=async e=>{e.preventDefault();const d=form.dataset,all=rows(form);
if(!all.length){E.textContent='Aucune réponse encore.';return}
const body=JSON.stringify({format:d.format,version:+d.version,subject:d.subject,code:d.code,by:'',rows:all});
try{const r=await fetch(location.pathname+'/FICHE',{method:'POST',body});
E.textContent=await r.text();if(r.ok)form.hidden=true}
catch(x){E.textContent='Pas envoyé. Rapprochez-vous de l’ordinateur et recommencez.'}
E.scrollIntoView()};
