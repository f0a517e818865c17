"""The style sheet: system fonts, one accent, colours of severities and outcomes, for light, dark and paper."""

from __future__ import annotations

from auditor.reports.html.markup import Html

_LIGHT = """
--paper:#fff;--wash:#f4f6f8;--line:#d8dee5;--text:#1a1f26;--soft:#525d69;--accent:#15588a;
--critical:#8c1042;--high:#b3261e;--medium:#855000;--low:#33608a;--info:#525d69;--good:#1d6b4f;
--failed:#b3261e;--abandoned:#e9a23b;--abandoned-ink:#7d4b00;--unknown:#dfe4e9;--unknown-ink:#5c6772;
--pending:#fff;--pending-edge:#77828d;--continued:#d2e5de;--continued-ink:#3c7d69;--completed:#5d9f8b
"""

_DARK = """
--paper:#15191e;--wash:#1d232a;--line:#343d47;--text:#e6eaee;--soft:#a4afba;--accent:#7cb8e8;
--critical:#ff8fb3;--high:#ff9a90;--medium:#efb662;--low:#8fc0ea;--info:#a4afba;--good:#7fcfae;
--failed:#e2695f;--abandoned:#b77a22;--abandoned-ink:#ffe0ad;--unknown:#323b44;--unknown-ink:#a9b4bf;
--pending:#15191e;--pending-edge:#8f9aa5;--continued:#24483e;--continued-ink:#86c3b0;--completed:#3f8570
"""

_PAGE = """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,
"Helvetica Neue","Noto Sans","Liberation Sans",Arial,sans-serif;overflow-wrap:anywhere}
header,main,footer,nav>ul,nav>p{max-width:1180px;margin:0 auto;padding:0 28px}
a{color:var(--accent);text-underline-offset:2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-999em}
.skip:focus{left:12px;top:12px;background:var(--paper);padding:8px 14px;z-index:2}
h1,h2,h3,h4,h5,p,ul,ol,dl,dd,figure{margin:0}
h1{font-size:27px;line-height:1.2;font-weight:650;letter-spacing:-.01em}
h2{font-size:20px;line-height:1.3;font-weight:650}
h3{font-size:16px;line-height:1.35;font-weight:650}
h4,h5{font-size:15px;line-height:1.4;font-weight:650}
code{font:.92em ui-monospace,"Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
ul{padding-left:1.15em}
li+li{margin-top:3px}
.soft,.fine,figcaption+*+.fine{color:var(--soft)}
.fine,.rest,.meta{font-size:13px;color:var(--soft)}
.rest{margin-top:6px}
.zero{color:var(--soft)}
.unknown{border-bottom:2px dotted var(--soft)}
"""

_HEAD = """
header{padding-top:30px;padding-bottom:16px}
.kicker{font-size:12.5px;font-weight:600;color:var(--soft);letter-spacing:.02em}
.meta{margin-top:6px;max-width:none}
.meta span:not(:last-child)::after{content:"\\00b7";margin:0 .3em 0 .55em}
nav{border-block:1px solid var(--line);background:var(--wash)}
nav>ul{display:flex;flex-wrap:wrap;gap:2px 22px;list-style:none;padding-top:8px;padding-bottom:8px;font-size:14px}
nav li+li{margin:0}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
footer{border-top:1px solid var(--line);margin-top:52px;padding-top:16px;padding-bottom:44px;font-size:13px;
color:var(--soft)}
.part{margin-top:46px}
.part-title{padding-bottom:7px;border-bottom:1px solid var(--line);margin-bottom:14px}
.part>*+h3,.part>*+h4,.block{margin-top:30px}
.part-title+h3,.part-title+h4{margin-top:0}
.part p+p,.part h3+*,.part h4+*,.lead+*{margin-top:8px}
.part p+ul{margin-top:6px}
p,li{max-width:96ch}
.tenant{margin-top:64px;border-top:3px solid var(--text);padding-top:18px}
"""

_ANSWERS = """
.answers{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:0;margin-top:22px;padding:0;list-style:none}
.answer{margin:0;border-left:1px solid var(--line);padding:2px 20px 4px}
.answer:first-child{border-left:0;padding-left:0}
.answer h2,.answer h3,.answer h4{font-size:13.5px;font-weight:600;color:var(--soft);min-height:2.7em}
.verdict{font-size:21px;line-height:1.25;font-weight:650;margin:2px 0 7px}
.answer p+p{margin-top:6px}
.tally{display:flex;flex-wrap:wrap;gap:0;margin-top:22px;border-block:1px solid var(--line);padding:0;list-style:none}
.tally li{margin:0;padding:9px 22px 9px 0;min-width:7em}
.tally b{display:block;font-size:20px;line-height:1.2;font-weight:650;font-variant-numeric:tabular-nums}
.tally span{font-size:13px}
.tally a{text-decoration:none;color:inherit;display:block}
.tally a:hover span{text-decoration:underline}
.tally .none{color:var(--soft)}
.tally .alert b,.tally .alert span{color:var(--medium)}
"""

_SEVERITY = """
.sev{display:inline-block;font-size:12px;line-height:1;font-weight:650;letter-spacing:.02em;padding:3px 7px 4px;
border:1px solid currentColor;border-radius:3px;white-space:nowrap;vertical-align:2px}
.critical{--tone:var(--critical)}.high{--tone:var(--high)}.medium{--tone:var(--medium)}
.low{--tone:var(--low)}.info{--tone:var(--info)}
.sev,.tally .critical b,.tally .high b,.tally .medium b,.tally .low b{color:var(--tone)}
.sev.critical,.sev.high{background:var(--tone);border-color:var(--tone);color:var(--paper)}
.tag{font-size:12px;font-weight:600;border:1px solid var(--line);border-radius:3px;padding:1px 6px;white-space:nowrap}
.finding{border-left:3px solid var(--tone);padding:1px 0 1px 16px;margin-top:22px}
.finding h4,.finding h5{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:baseline}
.finding>*+*{margin-top:6px}
.finding .fine{margin-top:8px}
.todo{font-weight:500}
.todo::before{content:"To do";font-weight:650;color:var(--accent);margin-right:.6em}
details{font-size:14px}
figure+details{margin-top:8px}
summary{cursor:pointer;color:var(--accent);width:fit-content}
details>ul{margin-top:5px}
"""

_TABLES = """
table{border-collapse:collapse;width:100%;font-size:14px;line-height:1.42;margin-top:12px}
.quiet{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
caption{text-align:left;font-size:13px;font-weight:600;color:var(--soft);padding-bottom:5px}
th,td{padding:5px 10px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
thead th{font-size:12.5px;font-weight:600;color:var(--soft);vertical-align:bottom;border-bottom:1px solid var(--soft)}
tbody th{font-weight:500}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.narrow{white-space:nowrap}
.name{min-width:9em}
td:not([class]){min-width:5.5em}
.of-group .name{width:13em}
.severities .chip{width:7em}
.chip{white-space:nowrap}
.counts td,.counts th{padding-inline:6px}
.counts thead th{font-size:12px}
thead .number{white-space:normal}
.number,.narrow,.chip,.cell,thead th{overflow-wrap:normal}
.plain{list-style:none;padding:0}
td details{display:inline-block;vertical-align:bottom;margin-left:4px}
td details[open]{display:block;margin-left:0}
.scroll{overflow-x:auto;margin-top:12px}
.scroll table{margin-top:0}
td ul{padding-left:1em}
td .fine{margin-top:3px}
.matrix td,.matrix th{padding-inline:7px}
.matrix .aims{min-width:15em}
.matrix .cell{text-align:center;white-space:nowrap;font-size:13px;border-left:1px solid var(--line)}
.matrix thead .cell{white-space:normal}
.matrix .never{background:color-mix(in srgb,var(--completed) 22%,transparent)}
.matrix .always{background:color-mix(in srgb,var(--abandoned) 30%,transparent)}
.matrix .idle{color:var(--soft);text-decoration:line-through}
.matrix .open{color:var(--soft)}
.matrix tbody+tbody th.group{padding-top:16px}
.group{font-weight:650;border-bottom-color:var(--soft)}
"""

_CHARTS = """
figure{margin-top:14px}
figcaption{font-size:13px;font-weight:600;color:var(--soft)}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;list-style:none;padding:0;margin:4px 0 10px;font-size:13px}
.legend li{margin:0;display:flex;gap:5px;align-items:center}
.chart{display:block;overflow:visible;width:100%}
.chart.columns{width:calc(100% - 44px);margin-left:44px}
.chart text{font-size:12px;fill:var(--soft);font-variant-numeric:tabular-nums}
.chart.bars text{fill:var(--text);font-size:13px}
.axis{stroke:var(--soft)}.grid{stroke:var(--line)}
.axis,.grid{shape-rendering:crispEdges}
.patterns{position:absolute}
.o-failed{fill:var(--failed)}.o-completed{fill:var(--completed)}
.o-abandoned{fill:url(#pattern-hatch)}.o-not-known{fill:url(#pattern-dots)}.o-continued{fill:url(#pattern-rows)}
.o-pending{fill:var(--pending);stroke:var(--pending-edge)}
.hatch .ground{fill:var(--abandoned)}.hatch .ink{stroke:var(--abandoned-ink);stroke-width:1.2}
.dots .ground{fill:var(--unknown)}.dots .ink{fill:var(--unknown-ink)}
.rows .ground{fill:var(--continued)}.rows .ink{stroke:var(--continued-ink);stroke-width:1}
.pair{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,5fr);gap:0 36px;align-items:start}
.codes details{border-bottom:1px solid var(--line);padding:6px 0}
.codes summary{color:var(--text);width:auto}
.codes summary b{font-weight:600}
.codes .inside{padding:6px 0 8px 18px}
.codes .inside>*+*{margin-top:8px}
.timelines{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:6px 40px}
.timeline{list-style:none;padding:0;margin-top:8px}
.timeline li{position:relative;padding:0 0 10px 26px;margin:0;border-left:2px solid var(--line);margin-left:6px}
.timeline li:last-child{border-left-color:transparent}
.timeline svg{position:absolute;left:-8px;top:4px}
.timeline .fine{display:block}
.timeline b{font-size:14px}
.at{font-variant-numeric:tabular-nums;color:var(--soft);margin-right:.6em}
.step-interrupt{fill:var(--paper);stroke:var(--medium);stroke-width:2}
.step-success{fill:var(--good);stroke:var(--good)}
.step-failure{fill:var(--failed);stroke:var(--failed)}
.step-other{fill:var(--unknown);stroke:var(--unknown-ink)}
"""

_NARROW = """
@media (max-width:1000px){
.pair,.timelines{grid-template-columns:minmax(0,1fr)}
}
@media screen and (max-width:760px){
body{font-size:15.5px}
header,main,footer,nav>ul,nav>p{padding-left:16px;padding-right:16px}
header{padding-top:20px}
h1{font-size:23px}
.answers{grid-template-columns:minmax(0,1fr)}
.answer,.answer:first-child{border-left:0;border-top:1px solid var(--line);padding:11px 0}
.answer h2,.answer h3,.answer h4{min-height:0}
.part{margin-top:36px}
.scroll table{min-width:640px}
.scroll .matrix{min-width:1000px}
.counts .name{min-width:12em;position:sticky;left:0;background:var(--paper)}
.stack thead{position:absolute;left:-999em}
.stack,.stack caption,.stack tbody,.stack tr,.stack th,.stack td{display:block}
.stack tbody th.name{font-weight:600;width:auto}
.matrix tbody th.name{position:sticky;left:0;background:var(--paper)}
.stack th,.stack td{border:0;padding:2px 0;white-space:normal;text-align:left}
.stack td[data-label]::before{content:attr(data-label) ": ";color:var(--soft);font-size:13px}
.stack tr{border-bottom:1px solid var(--line);padding:7px 0}
}
"""

_PAPER = """
@page{size:A4;margin:15mm 13mm}
@media print{
body{font-size:9.5pt;line-height:1.42}
header,main,footer,nav>ul{max-width:none;padding-left:0;padding-right:0}
header{padding-top:0}
nav,.skip{display:none}
h1{font-size:19pt}h2{font-size:14pt}h3{font-size:11.5pt}h4,h5{font-size:10pt}
h1,h2,h3,h4,h5,caption,figcaption,.legend,thead,.lead,.todo{break-after:avoid}
tbody:first-of-type>tr:first-child{break-before:avoid}
table{font-size:8.5pt}
thead{display:table-header-group}
tr,figure,.answer,.timelines>*,.tally{break-inside:avoid}
.scroll{overflow:visible}
.matrix{font-size:7.5pt}
.matrix .cell,.matrix td,.matrix th{padding-inline:3px;font-size:7pt}
.matrix .aims{min-width:11em}
.tag,.sev{font-size:7pt}
.narrow,.number{white-space:normal}
.pair{display:block}
.fine,.rest,.meta,caption,thead th,figcaption,details,.tally span{font-size:8pt}
.part{margin-top:26pt}
.verdict{font-size:13pt}
a{color:inherit;text-decoration:none}
details::details-content{content-visibility:visible;block-size:auto}
summary{list-style:none}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
"""


def style() -> Html:
    """For the element `style`. On paper the light colours hold, whatever the screen shows."""
    light = _LIGHT.replace("\n", "")
    dark = _DARK.replace("\n", "")
    themes = (
        f":root{{color-scheme:light;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{dark}}}}}"
    )
    return Html(themes + "".join((_PAGE, _HEAD, _ANSWERS, _SEVERITY, _TABLES, _CHARTS, _NARROW, _PAPER)))
