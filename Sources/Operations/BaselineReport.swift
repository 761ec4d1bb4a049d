import Bytes
package import Findings
import Transport

/// A JSON report of an earlier scan, whose findings are already known.
package struct BaselineReport: Sendable {
  /// What a report is about: two reports of different kinds have nothing in common.
  package enum Kind: Sendable {
    case objects
    case images
  }

  /// The findings that were known of one image; of all that was scanned, where the report is on something else.
  struct Part: Sendable {
    /// Nil for what is no image.
    let subject: ReportSubject?
    let entries: [Baseline.Entry]
  }

  package let kind: Kind
  let parts: [Part]
  package var entries: [Baseline.Entry] { parts.flatMap(\.entries) }
  /// Findings that exceptions and statements took out of those that count.
  package let accepted: [Baseline.Entry]
  /// Whether its scan saw and judged all that it was about.
  package let isComplete: Bool
  /// What may be hidden where not everything was judged.
  package let blindness: Blindness
  /// The ecosystems of the packages that each finding of an image is about, by the id of the finding.
  package let ecosystems: [String: Set<String>]
  /// Filters that took out findings, as the command line spells them.
  package let filters: [String]
  /// How many findings a baseline took out.
  package let known: Int

  /// What of a report's subject was not judged.
  package struct Blindness: Sendable {
    /// Whether any finding may be in it.
    package var isTotal = false
    /// Ecosystems without their releases, of which packages were not judged.
    package var ecosystems: Set<String> = []
    /// Advisories that could not be compared.
    package var advisories: Set<String> = []

    init() {}

    /// Of an image's report.
    fileprivate init(image: DocumentNode) {
      let uncovered = (image["notCovered"]?.entries ?? []).map(\.key)
      // Without its distribution, packages may be of any.
      isTotal =
        !(image["problems"]?.elements ?? []).isEmpty || image["packages"]?.int == 0
        || uncovered.contains("a distribution that is not told")
      ecosystems = Set(uncovered.map(BaselineReport.family))
      advisories = Set(
        (image["undecided"]?.elements ?? []).compactMap { $0.string?.split(separator: " ").last.map(String.init) })
    }

    fileprivate mutating func add(_ other: Blindness) {
      isTotal = isTotal || other.isTotal
      ecosystems.formUnion(other.ecosystems)
      advisories.formUnion(other.advisories)
    }
  }

  /// `Debian` of `Debian:13`, and `Maven` of `Maven of unknown group`.
  private static func family(_ ecosystem: String) -> String {
    String(ecosystem.prefix { $0 != ":" && $0 != " " })
  }

  /// - Throws: `BartizanError` when the file cannot be read or is not such a report.
  package static func entries(_ path: String) throws(BartizanError) -> [Baseline.Entry] {
    try BaselineReport(path).entries
  }

  /// - Throws: as `entries`.
  package init(_ path: String) throws(BartizanError) {
    let bytes = try FileReader.named(path)
    let document: DocumentNode
    do throws(DocumentError) { document = try JSONReader.read(bytes) } catch {
      throw BartizanError(
        .input, "\(path):\(error.line): \(error.message); a baseline is a report in JSON (`--format json`)",
        cause: error)
    }
    switch document["kind"]?.string {
    case "ScanReport":
      kind = .objects
      parts = [Part(subject: nil, entries: Self.entries(document["findings"], isOfImage: false))]
      accepted = Self.entries(document["accepted"], isOfImage: false)
      isComplete = document[path: "summary", "status"]?.string.map { $0 == "complete" } ?? true
      var blindness = Blindness()
      blindness.isTotal = !isComplete
      self.blindness = blindness
      ecosystems = [:]
      filters = (document[path: "summary", "filters"]?.elements ?? []).compactMap(\.string).sorted()
      known = Int(document[path: "summary", "notCounted", "known"]?.int ?? 0)
    case "ImageReport", "ImageReports":
      // Of several images, each has its own list.
      let images = document["kind"]?.string == "ImageReport" ? [document] : document["images"]?.elements ?? []
      kind = .images
      parts = images.map {
        Part(subject: ReportSubject(report: $0), entries: Self.entries($0["findings"], isOfImage: true))
      }
      accepted = images.flatMap {
        Self.entries($0["accepted"], isOfImage: true) + Self.entries($0["cleared"], isOfImage: true)
      }
      let unread = document["unread"]?.elements ?? []
      isComplete = images.allSatisfy(Self.isWhole) && unread.isEmpty
      var blindness = Blindness()
      blindness.isTotal = !unread.isEmpty
      for image in images { blindness.add(Blindness(image: image)) }
      self.blindness = blindness
      var families: [String: Set<String>] = [:]
      for finding in images.flatMap({ $0["findings"]?.elements ?? [] }) {
        families[finding["id"]?.string ?? "", default: []].insert(Self.family(finding["ecosystem"]?.string ?? ""))
      }
      ecosystems = families
      filters = Set(images.flatMap { ($0["filters"]?.elements ?? []).compactMap(\.string) }).sorted()
      known = images.reduce(0) { $0 + Int($1[path: "notCounted", "known"]?.int ?? 0) }
    default:
      throw BartizanError(
        .input, "\(path): not a ScanReport or ImageReport; a baseline is a report in JSON (`--format json`)")
    }
  }

  /// Whether all of an image was judged. Earlier versions wrote down no status.
  private static func isWhole(_ image: DocumentNode) -> Bool {
    if let status = image["status"]?.string { return status == "complete" }
    return ["undecided", "problems"].allSatisfy { (image[$0]?.elements ?? []).isEmpty }
      && (image["notCovered"]?.entries ?? []).isEmpty && image["packages"]?.int != 0
  }

  private static func entries(_ list: DocumentNode?, isOfImage: Bool) -> [Baseline.Entry] {
    (list?.elements ?? []).map { finding in
      let subject =
        isOfImage
        ? Subject.image("")
        : Subject(
          reportedGroup: finding[path: "subject", "group"]?.string ?? "",
          kind: finding[path: "subject", "kind"]?.string ?? "",
          namespace: finding[path: "subject", "namespace"]?.string,
          name: finding[path: "subject", "name"]?.string ?? "",
          cluster: finding[path: "subject", "cluster"]?.string)
      return Baseline.Entry(
        check: finding["check"]?.string ?? finding["id"]?.string ?? "", subject: Baseline.Entry.subject(subject),
        fingerprint: finding["fingerprint"]?.string ?? "",
        file: isOfImage ? "" : finding[path: "location", "file"]?.string ?? "",
        severity: finding["severity"]?.string.flatMap(Severity.init(name:)),
        values: finding["evidence"]?.array.map { items in
          Baseline.Entry.values(of: items.map { ($0["path"]?.string ?? "", $0["value"]?.string) })
        })
    }
  }
}
