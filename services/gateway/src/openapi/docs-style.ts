/** The one style sheet of the page; its hash is in the page's policy, so nothing else can style or run there. */
export const docsStyle = `
:root{color-scheme:light dark;--ink:light-dark(#1c2430,#e6e9ee);--soft:light-dark(#5b6675,#9aa4b2);--line:light-dark(#e1e5ea,#2c333d);
--page:light-dark(#fff,#14181e);--card:light-dark(#f7f8fa,#1b2027);--get:#1769aa;--post:#2e7d32;--put:#b26a00;--patch:#00796b;--delete:#b3261e}
*{box-sizing:border-box}
body{margin:0;font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--page);display:grid;grid-template-columns:18rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem 1rem;border-right:1px solid var(--line);background:var(--card)}
nav h2{font-size:.75rem;text-transform:uppercase;letter-spacing:.06em;color:var(--soft);margin:1.4rem 0 .4rem}
nav a{display:block;padding:.15rem 0;color:inherit;text-decoration:none;font-size:.875rem;overflow-wrap:anywhere}
nav a:hover,nav a:focus{text-decoration:underline}
main{padding:2rem clamp(1rem,4vw,3.5rem) 6rem;max-width:62rem}
h1{margin:0 0 .25rem;font-size:1.9rem}
main>h2{margin:3rem 0 1rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
section{border:1px solid var(--line);border-radius:.6rem;padding:1.1rem 1.3rem;margin:0 0 1.2rem;background:var(--card)}
section h3{margin:0;font-size:1rem;overflow-wrap:anywhere}
section h4{margin:1.1rem 0 .35rem;font-size:.8rem;text-transform:uppercase;letter-spacing:.05em;color:var(--soft)}
p{margin:.4rem 0}
b.method{display:inline-block;min-width:3.9rem;padding:.05rem .45rem;margin-right:.5rem;border-radius:.3rem;color:#fff;font:600 .75rem/1.6 ui-monospace,monospace;text-align:center}
nav b.method{min-width:3.1rem;font-size:.625rem;margin-right:.35rem}
.get{background:var(--get)}.post{background:var(--post)}.put{background:var(--put)}.patch{background:var(--patch)}.delete{background:var(--delete)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.85em}
pre{margin:.3rem 0;padding:.8rem 1rem;border-radius:.4rem;overflow:auto;background:light-dark(#eceff3,#10141a)}
table{border-collapse:collapse;width:100%;font-size:.9rem}
td{padding:.3rem .8rem .3rem 0;border-top:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
td:first-child{width:13rem}
small,.soft{color:var(--soft)}
.lock{float:right;color:var(--soft);font-size:.8rem}
@media (max-width:52rem){body{display:block}nav{position:static;height:auto;border:0}}
`;
