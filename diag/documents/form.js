const form=document.getElementById('form'),said=document.getElementById('said');
let dirty=false;
form.addEventListener('input',()=>{dirty=true});
addEventListener('beforeunload',e=>{if(dirty)e.preventDefault()});
form.addEventListener('submit',e=>{e.preventDefault();
const d=form.dataset,all=rows(form);
if(!all.length){said.textContent='Aucune réponse encore\u00a0: rien à enregistrer.';return}
const text=JSON.stringify({format:d.format,version:+d.version,subject:d.subject,
code:d.code,by:form.elements.by.value.trim(),rows:all});
const link=document.createElement('a');
link.href=URL.createObjectURL(new Blob([text],{type:'application/json'}));
link.download=d.file;link.click();dirty=false;
said.textContent='Enregistré\u00a0: '+d.file+', '+all.length
+(all.length>1?' réponses':' réponse')
+'. Le fichier est dans vos téléchargements\u00a0: joignez-le à un courriel.'});
