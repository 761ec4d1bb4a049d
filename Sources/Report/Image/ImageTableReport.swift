import Bytes
import Findings
import Images

/// The image report for a terminal: one line per vulnerability, the most urgent first, then the smallest set of
/// upgrades that fixes them, and what is not covered.
enum ImageTableReport {
  /// Limits of the table without `--all`, and of lists that are only a summary.
  private enum Shown {
    static let findings = 25
    static let upgrades = 10
    static let removals = 3
    static let suppressed = 5
    static let undecided = 5
    static let unresolved = 10
  }

  static func text(_ scan: ImageScanReport, _ terminal: Terminal) -> String {
    let findings = scan.findings
    var text = rows(scan, terminal) + actions(scan, terminal)
    for finding in scan.result.findings where finding.check == .unsupportedDistribution {
      text += "END OF LIFE  \(finding.message)\n"
    }
    for (name, count) in scan.report.uncovered.sorted(by: { $0.key < $1.key }) {
      text +=
        "NOT COVERED  \(Phrase.count(count, "package")) of \(name): the store has no advisories for \(Phrase.noun(count, "it", "them"))\n"
    }
    if scan.report.total == 0 {
      text += "NOT JUDGED  no package was found in it\n"
    }
    text += unresolved(scan.report.unresolved) + suppressed(scan.suppressed)
    let undecided = scan.report.undecided
    for item in undecided.prefix(Shown.undecided) {
      text += "UNDECIDED  \(item): its versions, or the streams of the module, cannot be compared\n"
    }
    if undecided.count > Shown.undecided { text += "UNDECIDED  and \(undecided.count - Shown.undecided) more\n" }
    let unfixed = findings.count { $0.fix == nil }
    let unrated = findings.count { $0.priority.level == .unknown }
    let share = scan.report.share(of: findings)
    let packages = Phrase.count(share.all, "package")
    text +=
      "\(Phrase.count(findings.count, "vulnerability")) in \(share.affected) of \(packages)\(scan.result.filters.isEmpty ? ", \(unfixed) without a fix" : "")\(unrated > 0 ? ", \(unrated) without a rating" : ""); \(judged(scan)); \(scan.image.systemText)\(scan.image.layersText).\n"
    if let left = NotCounted.text(scan.result) { text += left + "\n" }
    let owned = scan.report.packages.count { $0.owner != nil }
    if owned > 0 {
      text +=
        "\(Phrase.count(owned, "package")) \(Phrase.noun(owned, "was", "were")) installed by the distribution's own packages and \(Phrase.noun(owned, "is", "are")) left to its advisories.\n"
    }
    return Terminal.printableLines(text)
  }

  /// Which share of the packages advisories were asked for.
  private static func judged(_ scan: ImageScanReport) -> String {
    let report = scan.report
    let (judged, all) = (report.judged, report.total)
    let part = report.judgedInPart > 0 ? ", \(report.judgedInPart) of them in part" : ""
    // What could not be read may hold more.
    let isWhole = !scan.image.problems.contains(where: \.hidesInput)
    if judged == all {
      return "\(all == 0 ? "none of them" : isWhole ? "all of them" : "all of what could be read") judged\(part)"
    }
    // Rounded down: what is not whole is never 100 %.
    let open = report.unresolved.count
    let others = [
      judged + open < all ? "have no advisories in the store" : "",
      open > 0 ? "are not known well enough" : "",
    ].filter { !$0.isEmpty }.joined(separator: " or ")
    return
      "\(judged) of \(Phrase.count(all, open > 0 ? "package or dependency" : "package", open > 0 ? "packages and dependencies" : nil)) (\(judged * 100 / all) %) judged\(part), the others \(others)"
  }

  /// What is named and not known, so that nobody takes it for judged.
  private static func unresolved(_ items: [UnresolvedDependency]) -> String {
    var text = ""
    for item in items.prefix(Shown.unresolved) {
      text += "NOT JUDGED  \(Terminal.printable(item.title)): \(Terminal.printable(item.why))\n"
    }
    if items.count > Shown.unresolved { text += "NOT JUDGED  and \(items.count - Shown.unresolved) more\n" }
    return text
  }

  /// One line per vulnerability, cut at the width of the terminal; not cut in a pipe.
  private static func rows(_ scan: ImageScanReport, _ terminal: Terminal) -> String {
    guard !scan.findings.isEmpty else { return "" }
    let shown = scan.showsAll ? scan.findings[...] : scan.findings.prefix(Shown.findings)
    let columns = shown.map {
      [
        $0.priority.level.name, $0.package.name, $0.package.version, $0.fix ?? "none", $0.vulnerability,
        $0.advisory.id == $0.vulnerability ? "" : $0.advisory.id,
      ]
    }
    let heads = ["PRIORITY", "PACKAGE", "VERSION", "FIXED IN", "VULNERABILITY", "ADVISORY"]
    let widths = heads.indices.map { index in
      max(heads[index].count, columns.map { Terminal.columns($0[index]) }.max() ?? 0)
    }
    let room = terminal.columns.map { max(12, $0 - widths.reduce(0, +) - 2 * widths.count) }
    func line(_ cells: [String], _ what: String) -> String {
      let front = zip(cells, widths).map { Terminal.padded($0, $1) }.joined(separator: "  ")
      return front + "  " + (room.map { Terminal.clipped(what, $0) } ?? what) + "\n"
    }
    var text = line(heads, "WHAT")
    for (finding, cells) in zip(shown, columns) {
      let words =
        finding.advisory.summary.isEmpty
        ? finding.names.subtracting([finding.vulnerability, finding.advisory.id]).sorted().joined(separator: " ")
        : finding.advisory.summary
      let summary = finding.isToldByOthers ? "(\(finding.sources.joined(separator: ", "))) \(words)" : words
      text += line(cells, Terminal.printable(summary))
    }
    if shown.count < scan.findings.count {
      text +=
        "and \(Phrase.count(scan.findings.count - shown.count, "less urgent one")); --all shows \(Phrase.noun(scan.findings.count - shown.count, "it", "them"))\n"
    }
    return text
  }

  /// The smallest set of upgrades, those that fix most first.
  private static func actions(_ scan: ImageScanReport, _ terminal: Terminal) -> String {
    let advice = scan.advice
    guard !advice.steps.isEmpty || !advice.removals.isEmpty || !advice.departures.isEmpty else { return "" }
    var text = "\nWHAT TO DO\n"
    if advice.fixableInBase > 0 {
      let step = scan.image.configuration?.steps.first.flatMap { $0.isEmpty ? nil : Terminal.printable($0) }
      let layer = step.map { " (\(Terminal.clipped($0, 60)))" } ?? ""
      text +=
        terminal.wrapped(
          "rebuild on a newer base image: \(advice.fixableInBase) of those with a fix are in the bottom layer\(layer)",
          indent: 2) + "\n"
    }
    for step in advice.steps.prefix(Shown.upgrades) {
      text += "  upgrade \(step.package) to \(step.version): fixes \(step.removes)\n"
      text += terminal.wrapped(step.command, indent: 6) + "\n"
    }
    let upgrades = advice.steps.count - Shown.upgrades
    if upgrades > 0 { text += "  and \(Phrase.count(upgrades, "more package"))\n" }
    for departure in advice.departures.prefix(Shown.upgrades) {
      text +=
        "  upgrade \(departure.package) to a version after \(departure.after): \(Phrase.count(departure.advisories, "vulnerability")) \(Phrase.noun(departure.advisories, "ends", "end")) there, the worst \(departure.worst.name)\n"
    }
    let departures = advice.departures.count - Shown.upgrades
    if departures > 0 { text += "  and \(Phrase.count(departures, "more package"))\n" }
    for removal in advice.removals.prefix(Shown.removals) {
      let count = Phrase.count(removal.advisories, "vulnerability")
      text +=
        "  remove \(removal.package), if nothing needs it: \(count) without a fix, the worst \(removal.worst.name)\n"
    }
    let removals = advice.removals.count - Shown.removals
    if removals > 0 { text += "  and \(Phrase.count(removals, "more package")) without a fix\n" }
    return text + "\n"
  }

  private static func suppressed(_ items: [SuppressedFinding]) -> String {
    var text = ""
    for item in items.prefix(Shown.suppressed) {
      let reason = item.justification.isEmpty ? "" : ", " + Terminal.printable(item.justification)
      text +=
        "SUPPRESSED  \(item.finding.vulnerability) in \(item.finding.package.name): \(Terminal.printable(item.status)) by \(item.file)\(reason)\n"
    }
    if items.count > Shown.suppressed { text += "SUPPRESSED  and \(items.count - Shown.suppressed) more\n" }
    return text
  }
}
