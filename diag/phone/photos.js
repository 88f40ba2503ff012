const T=location.pathname,E=document.getElementById('etat'),O=document.getElementById('ici'),M=document.getElementById('m');
async function ici(){try{const r=await fetch(T+'/ICI');if(r.ok)O.textContent=await r.text();else E.textContent='Cette page ne sert plus. Visez le nouveau carré.'}catch(e){E.textContent='L’ordinateur ne répond plus. Gardez vos photos.'}}
async function small(f){try{const b=await createImageBitmap(f,{imageOrientation:'from-image'}),k=Math.min(1,2000/Math.max(b.width,b.height)),c=document.createElement('canvas');c.width=b.width*k;c.height=b.height*k;c.getContext('2d').drawImage(b,0,0,c.width,c.height);return await new Promise(r=>c.toBlob(r,'image/jpeg',.85))||f}catch(e){return f}}
async function send(what,body){E.textContent='Envoi…';for(let n=0;n<3;n++){try{const r=await fetch(T+'/'+what,{method:'POST',body});E.textContent=await r.text();return r.ok}catch(e){await new Promise(r=>setTimeout(r,800*n+800))}}E.textContent='Pas envoyé. Rapprochez-vous de l’ordinateur.'}
for(const i of['p','g'])document.getElementById(i).onchange=async e=>{for(const f of e.target.files)await send('PHOTO',await small(f));e.target.value=''};
document.getElementById('f').onsubmit=async e=>{e.preventDefault();if(M.value.trim()&&await send('MOT',M.value))M.value=''};
document.onvisibilitychange=()=>{if(!document.hidden)ici()};ici();setInterval(()=>{if(!document.hidden)ici()},4000);
