import Bytes
import Depth
import Findings
import Kube

/// Paths as a page: how deep a target lies at a glance, and each path step by step.
struct DepthPage {
  private let graph: DepthGraph
  private let notSeen: [NotSeen]

  init(_ graph: DepthGraph, notSeen: [NotSeen]) {
    self.graph = graph
    self.notSeen = notSeen
  }

  private var isWhole: Bool { notSeen.isEmpty }

  private static func text(_ text: String) -> String { XML.escaped(Terminal.printable(text)) }

  private static let style = """
    .step { background: var(--card); border: 1px solid var(--edge); border-left: 4px solid var(--accent); border-radius: 5px; margin: 0; padding: .5rem .9rem; }
    .steps { list-style: none; margin: .6rem 0 0; padding: 0; }
    .steps li + li { margin-top: 0; }
    .does { color: var(--soft); margin: .1rem 0 .1rem 1.1rem; padding: .35rem 0 .35rem .9rem; border-left: 2px solid var(--edge); }
    .does b { color: var(--text); font-weight: 600; }
    .where { font-weight: 600; overflow-wrap: anywhere; }
    .control { display: inline-block; border: 1px solid var(--medium); color: var(--medium); border-radius: 9px; padding: 0 .6em; margin: .15rem .3rem .15rem 0; font-size: .88rem; }
    .control.again { border-color: var(--edge); color: var(--soft); text-decoration: line-through; }
    .open { color: var(--critical); font-size: .88rem; }
    .doubt { color: var(--high); }
    .path { margin: 1rem 0 1.6rem; }
    .path h3 { font-size: 1rem; margin: .4rem 0; overflow-wrap: anywhere; }
    .walk { margin: .4rem 0; display: none; gap: .5rem; align-items: center; flex-wrap: wrap; }
    .scripted .walk { display: flex; }
    .walk button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: 5px; padding: .2rem .8rem; cursor: pointer; }
    .later { opacity: .25; }
    .now { border-left-color: var(--high); box-shadow: 0 0 0 2px var(--high); }
    .d0 { color: var(--critical); } .d1 { color: var(--high); } .d2 { color: var(--medium); } .dn { color: var(--low); } .du { color: var(--soft); }
    td.depth { white-space: nowrap; font-weight: 700; }
    .start { border-left-color: var(--soft); }
    pre { background: var(--code); padding: .5rem .7rem; border-radius: 4px; overflow-x: auto; font-size: .85rem; margin: .4rem 0; }
    """

  /// Every path can be walked with its own buttons; without a script all of it is there at once.
  private static let script = """
    document.documentElement.classList.add("scripted");
    document.querySelectorAll(".path").forEach(path => {
      const items = [...path.querySelectorAll(".steps > li")];
      const say = path.querySelector(".said");
      let at = items.length;
      const show = () => {
        let failed = 0;
        items.forEach((item, index) => {
          item.classList.toggle("later", index > at);
          const card = item.querySelector(".step");
          if (card) card.classList.toggle("now", index === at);
          if (index <= at) failed += item.querySelectorAll(".control:not(.again)").length;
        });
        const total = items.length - 1;
        say.textContent = at > total ? "" : "step " + at + " of " + total + ", controls that have failed: " + failed;
      };
      path.querySelector(".next").addEventListener("click", () => { at = at >= items.length - 1 ? 0 : at + 1; show(); });
      path.querySelector(".back").addEventListener("click", () => { at = at <= 0 || at > items.length - 1 ? items.length - 1 : at - 1; show(); });
      path.querySelector(".whole").addEventListener("click", () => { at = items.length; show(); });
      show();
    });
    """

  static func kind(_ answer: DepthField.Answer) -> String {
    guard let depth = answer.depth else { return "du" }
    switch depth.upper {
    case 0: return "d0"
    case 1: return "d1"
    case 2: return "d2"
    default: return "dn"
    }
  }

  /// The whole page.
  func html(title: String, lead: String, _ content: String) -> String {
    var page = HTMLPage.opening(title: title, hasScript: true)
    page += "<style>\(Self.style)</style>\n"
    page +=
      "<header><h1>\(Self.text(title))</h1><p class=\"sources\">\(Self.text(lead))</p></header>\n<main>\n" + content
    if !notSeen.isEmpty {
      page += "<h2>Not seen: the answer is not the whole</h2>\n<ul>"
      for item in notSeen { page += "<li>\(Self.text("\(item.kind.text): \(item.reason)"))</li>\n" }
      page += "</ul>\n"
    }
    page += """
      </main>
      <footer>Depth is how many independent controls have to fail first; 0 is an open door. A control that is in the way twice counts once.</footer>
      <script>
      \(Self.script)
      </script>
      </body>
      </html>

      """
    return page
  }

  func tile(_ label: String, _ answer: DepthField.Answer) -> String {
    "<div class=\"tile \(Self.kind(answer))\"><b>\(DepthText.text(answer, isWhole: isWhole))</b>\(Self.text(label))</div>\n"
  }

  /// One path, to be walked.
  func path(_ path: DepthPath, title: String, id: String) -> String {
    var text = "<section class=\"path\" id=\"\(id)\">\n<h3>\(Self.text(title))</h3>\n"
    text +=
      "<div class=\"walk\"><button class=\"back\">Back</button><button class=\"next\">Next step</button><button class=\"whole\">Whole path</button><span class=\"said\"></span></div>\n<ol class=\"steps\">\n"
    if let first = path.steps.first {
      text +=
        "<li><div class=\"step start\"><span class=\"where\">\(Self.text(first.from.text))</span> <small>where the attacker starts</small></div></li>\n"
    }
    var failed = Set<StandingControl>()
    for step in path.steps where !step.isMembership {
      text += "<li><div class=\"does\"><b>\(Self.text(step.text))</b>"
      if let attack = step.technique.attack { text += " <small>\(Self.text(attack.id))</small>" }
      text += "<br>"
      if step.controls.isEmpty { text += "<span class=\"open\">nothing in the way</span>" }
      for control in step.controls {
        let isNew = failed.insert(control).inserted
        text += "<span class=\"control\(isNew ? "" : " again")\">\(Self.text(control.text))</span>"
      }
      if let doubt = step.doubt { text += "<br><span class=\"doubt\">not certain: \(Self.text(doubt.text))</span>" }
      text += proof(step)
      text += "</div><div class=\"step\"><span class=\"where\">\(Self.text(step.to.text))</span></div></li>\n"
    }
    return text + "</ol>\n</section>\n"
  }

  private func proof(_ step: DepthStep) -> String {
    let commands = graph.commands(for: step.proof)
    var text =
      "<details><summary>proof: \(graph.holds(step.proof) ? "holds" : "does not hold any more")</summary>"
    if case .inherent(let fact) = step.proof { text += "<p>\(Self.text(fact.text))</p>" }
    if !commands.isEmpty { text += "<pre>\(commands.map(Self.text).joined(separator: "\n"))</pre>" }
    if let location = graph.location(of: step) { text += "<p><code>\(Self.text(location.text))</code></p>" }
    return text + "</details>"
  }

  /// The first screen: what lies how deep.
  func table(_ review: DepthReview) -> String {
    let hasValues = review.rows.contains { $0.target.value != nil }
    var text = "<table class=\"sheet\"><tr><th>target</th>\(hasValues ? "<th>value</th>" : "")"
    for start in review.starts { text += "<th>from \(Self.text(start.text))</th>" }
    text += "<th>weakest path</th></tr>\n"
    for (index, row) in review.rows.enumerated() {
      text += "<tr><td>\(Self.text(row.target.name))</td>"
      if hasValues { text += "<td>\(Self.text(row.target.value ?? ""))</td>" }
      for answer in row.answers {
        text += "<td class=\"depth \(Self.kind(answer))\">\(DepthText.text(answer, isWhole: isWhole))</td>"
      }
      let line = row.weakest.map { "<a href=\"#p\(index)\">\(Self.text(DepthText.line($0.path)))</a>" } ?? ""
      text += "<td>\(line)</td></tr>\n"
    }
    return text + "</table>\n"
  }
}
