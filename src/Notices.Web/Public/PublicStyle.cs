namespace Notices.Public;

/// <summary>What the pages for customers add to the common style. A state has one colour and always its word beside it.</summary>
internal static class PublicStyle
{
    internal const string Text =
        """
        :root{--ok:#1a6b34;--wait:#7a4b00;--soft:#8881}@media(prefers-color-scheme:dark){:root{--ok:#8bd6a0;--wait:#f0c070}}
        body{max-width:52rem}header{padding-bottom:.25rem}h1{margin-top:.75rem}h2{border:0}
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.25rem;background:Canvas;padding:.25rem .5rem}
        form.find{display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:end;background:var(--soft);padding:.75rem;border-radius:.5rem;margin:.25rem 0 .75rem}
        form.find label{display:flex;flex-direction:column;flex:1 1 10rem;font-size:.875rem;color:var(--quiet)}
        input,select,button{font:inherit;font-size:1rem;min-height:2.75rem;padding:.25rem .6rem;border:1px solid #767676;border-radius:.375rem;background:Canvas;color:CanvasText;min-width:0;max-width:100%;box-sizing:border-box}
        button{background:var(--accent);border-color:var(--accent);color:Canvas;padding:.25rem 1.1rem;cursor:pointer}
        details{margin:.25rem 0}summary{cursor:pointer;color:var(--accent);padding:.5rem 0}form.find>a{align-self:center}
        :focus-visible{outline:3px solid var(--accent);outline-offset:2px}form.find p{flex:1 1 100%;margin:0}
        h2 .n{color:var(--quiet);font-weight:400}article h3{font-size:1.0625rem;margin:0;font-weight:600}article.urgent{border-top-color:transparent;margin-top:.5rem}article.urgent h3 a{color:var(--alert)}
        article h3 a{text-decoration-thickness:1px;text-underline-offset:.2em}article.old{color:var(--quiet)}article.old h2,article.old h3{font-weight:500}
        .state{display:inline-block;font-size:.875rem;font-weight:600;padding:.05rem .6rem;border-radius:1rem;border:1px solid currentColor}.off{color:var(--alert)}.planned{color:var(--wait)}.over{color:var(--ok)}.news{color:var(--quiet)}
        .empty{background:var(--soft);border-radius:.5rem;padding:1rem}nav.pages{display:flex;gap:1rem;justify-content:space-between;padding:.75rem 0}ul.plain{list-style:none;padding:0;margin:.25rem 0}ul.plain li{padding:.35rem 0}
        footer a,header a,ul.plain a{display:inline-block;padding:.25rem 0}
        @media(max-width:40rem){body{padding:.75rem}form.find label{flex-basis:100%}form.find button{flex:1}}
        @media print{details,nav,footer,header a,.skip,.back{display:none!important}body{max-width:none;padding:0;color:#000;background:#fff}article{break-inside:avoid}a{color:inherit;text-decoration:none}}
        """;
}
