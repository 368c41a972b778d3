"""The API reference in a real browser: strict policy, axe, search, keys, budgets, screenshots.

    python Tests/Browser/reference.py ADDRESS FOLDER

ADDRESS is that of a running gateway; screenshots go into FOLDER. One line a check, "ok ..." or "FAILED ..."; the exit
status is 0 only if every check holds. Needs axe-playwright-python, Playwright and Debian's chromium.
"""
import gzip
import pathlib
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

from playwright.sync_api import sync_playwright

ADDRESS, FOLDER = sys.argv[1].rstrip("/"), pathlib.Path(sys.argv[2])
PAGES = {"overview": "/docs", "resource": "/docs/tickets", "types": "/docs/schemas", "search": "/docs?q=claim",
         "missing": "/docs/nothing"}
SIZES = {"wide": (1280, 900), "narrow": (390, 844)}
# Bytes as gzip sends them (CONSOLE.md, R1), requests of a first visit.
BUDGETS = {"page": 150_000, "script": 25_000, "stylesheet": 15_000}
REQUESTS = 12
PROBE = """window.__bad = [];
addEventListener('securitypolicyviolation', e => __bad.push('policy ' + e.effectiveDirective + ' ' + e.blockedURI), true);
addEventListener('error', e => __bad.push('error ' + (e.message || (e.target && e.target.src))), true);
addEventListener('unhandledrejection', e => __bad.push('rejection ' + e.reason));"""
WIDER = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.right > innerWidth + 1 && box.width > 0 && !e.closest('pre, #contents') && !e.matches('.skip, .unseen');
}).slice(0, 3).map(e => e.tagName + '.' + e.className)"""
AXE = """() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
  .then(r => r.violations.map(v => v.id + ' x' + v.nodes.length + ' ' + v.nodes[0].target.join(' ')))"""
SMALL = """() => [...document.querySelectorAll('a, button, input, summary')].filter(e => {
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  if (!box.width || style.display === 'inline' || e.closest('.unseen') || box.right < 0) return false;
  return box.height < 24;
}).slice(0, 3).map(e => e.outerHTML.slice(0, 80))"""
failed = []


def check(name, good, detail=""):
    if not good:
        failed.append(name)
    # One write, since two halves speak.
    print(f"ok {name}\n" if good else f"FAILED {name}: {detail}\n", end="", flush=True)


class Visit:
    """A page of its own, and what it loads and complains of."""

    def __init__(self, browser, path, size="wide", scheme="light", **context):
        width, height = SIZES[size]
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", **context)
        self.context.set_default_timeout(15_000)
        self.context.add_init_script(PROBE)
        self.page = self.context.new_page()
        self.complaints, self.loaded = [], []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("requestfinished", lambda r: self.loaded.append(r))
        # A search that another letter overtook is given up by ourselves.
        self.page.on("requestfailed", lambda r: self.complaints.append(f"failed {r.url} {r.failure}")
                     if "/docs?q=" not in r.url or r.failure != "net::ERR_ABORTED" else None)
        self.answer = self.page.goto(ADDRESS + path, wait_until="networkidle")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def bad(self):
        # What a page that is not there says of itself is no complaint of ours.
        own = [c for c in self.complaints if "status of 404" not in c]
        return own + self.page.evaluate("window.__bad")


def looks(browser, axe, scheme):
    for name, path in PAGES.items():
        for size in SIZES:
            with Visit(browser, path, size, scheme) as visit:
                what = f"{name} {size} {scheme}"
                visit.page.wait_for_selector("html[data-ready]", state="attached")
                wider = visit.page.evaluate(WIDER)
                room = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
                check(f"{what}: nothing is wider than the window", room <= 0 and not wider, f"{room} {wider}")
                small = visit.page.evaluate(SMALL)
                check(f"{what}: targets are at least 24 pixels high", not small, small)
                visit.page.screenshot(path=FOLDER / f"{name}-{size}-{scheme}.png")
                visit.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
                check(f"{what}: no violation of the policy, no error", not visit.bad(), visit.bad())
                # Evaluated by the debugger, which the policy does not bind.
                visit.page.evaluate(axe)
                found = visit.page.evaluate(AXE)
                check(f"{what}: axe finds nothing", not found, found)


def budgets(browser):
    for name, path in PAGES.items():
        with Visit(browser, path) as visit:
            sizes = {}
            for request in visit.loaded:
                body = request.response().body()
                kind = request.resource_type
                sizes[kind] = sizes.get(kind, 0) + len(gzip.compress(body, 6))
            sizes["page"] = sum(sizes.values())
            told = ", ".join(f"{kind} {size}" for kind, size in sorted(sizes.items()))
            good = all(sizes.get(kind, 0) <= most for kind, most in BUDGETS.items())
            check(f"{name}: {told} bytes", good, BUDGETS)
            count = len(visit.loaded)
            check(f"{name}: {count} requests", count <= REQUESTS, f"more than {REQUESTS}")
            coding = visit.answer.headers.get("content-encoding")
            if name in ("overview", "resource", "types"):
                check(f"{name}: is sent as gzip", coding == "gzip", coding)


def without_script(browser):
    with Visit(browser, "/docs", java_script_enabled=False) as visit:
        visit.page.fill("#q", "claim ticket")
        visit.page.press("#q", "Enter")
        visit.page.wait_for_url("**/docs?q=claim+ticket")
        hits = visit.page.locator(".hits a")
        check("without script: the form finds", hits.count() >= 1, hits.count())
        hits.first.click()
        visit.page.wait_for_url("**/docs/tickets#tickets.claim")
        check("without script: a hit leads to its operation", visit.page.locator("#tickets\\.claim h2").is_visible())
    with Visit(browser, "/docs", "narrow", java_script_enabled=False) as visit:
        visit.page.click("button.menu")
        visit.page.click("#contents a:has-text('Teams')")
        visit.page.wait_for_url("**/docs/teams")
        check("without script: the contents open on a narrow screen", True)


def with_keys(browser, axe):
    with Visit(browser, "/docs/teams") as visit:
        page = visit.page
        page.wait_for_selector("html[data-ready]", state="attached")
        page.keyboard.press("Tab")
        check("keys: the first stop is the skip link, in sight",
              page.evaluate("document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().left >= 0"))
        page.keyboard.press("Enter")
        check("keys: it leads to the content", page.evaluate("document.activeElement.id") == "main")
        page.keyboard.press("/")
        check("keys: slash goes to the search", page.evaluate("document.activeElement.id") == "q")
        page.keyboard.type("claim")
        page.wait_for_selector(".hits a")
        check("keys: typing finds", "tickets.claim" in page.locator(".hits a").first.get_attribute("href"))
        page.evaluate(axe)
        found = page.evaluate(AXE)
        check("keys: axe finds nothing in what typing found", not found, found)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        check("keys: the arrows step through the hits",
              page.evaluate("[...document.querySelectorAll('.hits a')].indexOf(document.activeElement)") == 1)
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        check("keys: and back to the search", page.evaluate("document.activeElement.id") == "q")
        page.keyboard.press("Escape")
        page.wait_for_selector("#teams\\.list")
        check("keys: Escape gives the page back", page.input_value("#q") == "" and page.locator(".hits").count() == 0)
        page.keyboard.type("claim ticket")
        page.wait_for_selector(".hits a")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/docs/tickets#tickets.claim")
        check("keys: Enter opens a hit", page.locator("#tickets\\.claim h2").is_visible())
        check("keys: no violation of the policy, no error", not visit.bad(), visit.bad())


def with_pointer(browser, axe):
    with Visit(browser, "/docs/tickets", permissions=["clipboard-read", "clipboard-write"]) as visit:
        page = visit.page
        page.locator("#tickets\\.claim button.copy").first.click()
        page.wait_for_selector("#tickets\\.claim button.copy:has-text('Copied')")
        text = page.evaluate("navigator.clipboard.readText()")
        check("pointer: an example is copied whole", text.startswith("curl \"$CASEBOOK/v1/tickets/"), text)
        for theme in ("light", "dark"):
            page.click("button.theme")
            check(f"pointer: the theme becomes {theme}", page.evaluate("document.documentElement.dataset.theme") == theme)
        page.reload(wait_until="domcontentloaded")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        check("pointer: a chosen theme is there after a reload", dark == "rgb(16, 19, 24)", dark)
        check("pointer: no violation of the policy, no error", not visit.bad(), visit.bad())
    with Visit(browser, "/docs/tickets", "narrow") as visit:
        visit.page.click("button.menu")
        visit.page.wait_for_selector("#contents:popover-open")
        visit.page.screenshot(path=FOLDER / "contents-narrow-light.png")
        visit.page.evaluate(axe)
        found = visit.page.evaluate(AXE)
        check("pointer: axe finds nothing in the open contents", not found, found)
        visit.page.click("#contents .operations a >> nth=3")
        visit.page.wait_for_function("location.hash !== ''")
        closed = visit.page.evaluate("!document.getElementById('contents').matches(':popover-open')")
        check("pointer: a choice of the contents closes them", closed)


def hostile(browser):
    query = "%22%3E%3Cimg%20src%3Dx%20onerror%3D%22__bad.push('ran')%22%3E%3Cscript%3E__bad.push('ran')%3C/script%3E"
    with Visit(browser, f"/docs?q={query}") as visit:
        check("hostile: a query with markup is text",
              not visit.bad() and visit.page.locator("main img, main script").count() == 0, visit.bad())
    with Visit(browser, "/docs") as visit:
        visit.page.wait_for_selector("html[data-ready]", state="attached")
        visit.page.fill("#q", "\"><img src=x onerror=__bad.push('ran')>")
        visit.page.wait_for_selector("#found")
        check("hostile: typed markup is text",
              not visit.bad() and visit.page.locator("main img, main script").count() == 0, visit.bad())
        refused = visit.page.evaluate(
            "(() => { try { document.body.innerHTML = '<b>x</b>'; return 'taken'; } catch (e) { return e.name; } })()")
        check("hostile: markup that our own policy did not make is refused", refused == "TypeError", refused)


def printed(browser):
    with Visit(browser, "/docs/teams", "narrow") as visit:
        visit.page.emulate_media(media="print")
        hidden = visit.page.evaluate("getComputedStyle(document.querySelector('.top')).display")
        room = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        check("print: the page alone, not wider than the paper", hidden == "none" and room <= 0, f"{hidden} {room}")


def run(parts):
    """Runs parts one after another in a browser of their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"])
        for part in parts:
            try:
                part(browser)
            except Exception as error:  # A part that cannot go on is one failure; the others are still told.
                check("a part ran to its end", False, str(error).replace("\n", " ")[:500])
        browser.close()


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    axe = (files("axe_playwright_python") / "axe.min.js").read_text()
    halves = [
        [lambda browser: looks(browser, axe, "light"), hostile, printed],
        [lambda browser: looks(browser, axe, "dark"), budgets, without_script,
         lambda browser: with_keys(browser, axe), lambda browser: with_pointer(browser, axe)],
    ]
    with ThreadPoolExecutor(len(halves)) as threads:
        list(threads.map(run, halves))
    sys.exit(1 if failed else 0)


main()
