const rows=(form)=>{const all=[];
for(const set of form.querySelectorAll('[data-q]')){
const given=[...set.querySelectorAll('input,textarea,select')]
.filter(i=>i.type=='radio'||i.type=='checkbox'?i.checked:i.value.trim())
.map(i=>i.value.trim());
if(!given.length)continue;
const row={question:set.dataset.q};
if(set.dataset.p){row.purchase=+set.dataset.p;
row.name=form.querySelector('[data-n="'+set.dataset.p+'"]').value.trim()}
if(given.includes('?'))row.state='unknown';
else row.value=set.dataset.m?given.filter(v=>v!='-'):given[0];
all.push(row)}return all};
