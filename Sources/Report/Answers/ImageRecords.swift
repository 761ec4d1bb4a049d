package import Bytes
import Findings
import Images

/// What scans and verifications of images wrote, for dossiers: what was not given is unknown, and said to be.
package struct ImageRecords: Sendable {
  /// Of one image.
  struct Record: Sendable {
    /// Numbers of findings by priority, the gravest first; nil where no scan was given.
    var findings: [(level: String, count: Int)]?
    /// Of the findings, those that a newer package mends.
    var fixable = 0
    /// Why a scan does not tell everything; nil where it does.
    var gap: String?
    /// The day from which its distribution is not patched any more.
    var endOfLife: String?
    /// By a verification; nil where none was given.
    var standing: String?
    var signer: String?
    /// Days since it was built; nil where nobody tells.
    var age: Int?

    /// Clauses for a line.
    var clauses: [String] {
      var clauses: [String] = []
      if let findings {
        let told = findings.filter { $0.count > 0 }.map { "\($0.count) \($0.level)" }
        let patches = fixable > 0 ? ", \(fixable) of them mended by newer packages" : ""
        clauses.append(
          told.isEmpty ? "no known vulnerability" : "known vulnerabilities: \(told.joined(separator: ", "))\(patches)")
        if let gap { clauses.append("the scan is not the whole: \(gap)") }
      } else {
        clauses.append("patch level unknown")
      }
      if let endOfLife { clauses.append("its distribution is patched until \(endOfLife)") }
      switch standing {
      case nil: clauses.append("signature unknown")
      case "verified": clauses.append("signed\(signer.map { " by \($0)" } ?? ""), as the policy asks")
      case "excepted": clauses.append("let in by an exception")
      case "unsigned": clauses.append("not signed")
      case "untrusted": clauses.append("signed by somebody else than the policy asks")
      case "attestationMissing": clauses.append("without an attestation that the policy asks for")
      case "noPolicy": clauses.append("no policy asks who signed it")
      default: clauses.append("signature could not be verified")
      }
      clauses.append(age.map { "built \(Phrase.count($0, "day")) ago" } ?? "age unknown")
      return clauses
    }
  }

  private var records: [String: Record] = [:]
  private let now: Timestamp?
  private static let levels = Priority.Level.allCases.reversed().map(\.name)

  /// - Parameter now: RFC 3339.
  package init(now: String) { self.now = Timestamp(now) }

  /// Adds an answer of `image scan`, `image verify` or `image provenance`.
  ///
  /// - Returns: whether it is one.
  package mutating func add(_ document: DocumentNode) -> Bool {
    guard document["apiVersion"]?.string == "bartizan.dev/v1" else { return false }
    switch document["kind"]?.string {
    case "ImageReport":
      guard let name = document["source"]?.string, let findings = document["findings"]?.array else { return false }
      edit(name) { record in
        let levels = findings.map { $0["priority"]?.string ?? "low" }
        let others = Set(levels).subtracting(Self.levels).sorted()
        record.findings = (Self.levels + others).map { level in (level, levels.count { $0 == level }) }
        record.fixable = findings.count { !($0["fixed"]?.string ?? "").isEmpty }
        let problems = document["problems"]?.elements.count ?? 0
        let uncovered = document["notCovered"]?.entries.count ?? 0
        let unresolved = document["unresolved"]?.elements.count ?? 0
        let undecided = document["undecided"]?.elements.count ?? 0
        if problems > 0 {
          record.gap = Phrase.count(problems, "part") + " of it could not be read"
        } else if uncovered > 0 {
          record.gap = "no advisories of " + Phrase.count(uncovered, "ecosystem") + " of it were there"
        } else if unresolved > 0 {
          record.gap = "of " + Phrase.count(unresolved, "dependency") + " of it no version was told"
        } else if undecided > 0 {
          record.gap = "of " + Phrase.count(undecided, "advisory") + " it could not be told whether they apply"
        }
        record.endOfLife = document["endOfLife"]?.string
      }
      age(name, document["created"]?.string)
    case "ImageVerification":
      guard let images = document["images"]?.array else { return false }
      for image in images {
        guard let name = image["image"]?.string, let standing = image["standing"]?.string else { continue }
        edit(name) { record in
          record.standing = standing
          let signer = image["signer"]
          record.signer = signer?["names"]?.strings.first ?? signer?["subject"]?.string
        }
      }
      for missing in document["notFound"]?.elements ?? [] {
        if let name = missing["image"]?.string { edit(name) { $0.standing = $0.standing ?? "notFound" } }
      }
    case "ImageProvenance":
      guard let name = document["image"]?.string, let list = document["provenance"]?.array else { return false }
      // What nobody vouches for may say any time.
      let times = list.filter { $0["isVerified"]?.bool == true }.compactMap { $0["finished"]?.string }
      age(name, times.max())
      edit(name) { _ in }
    default: return false
    }
    return true
  }

  /// Nil for an image that none of them is about.
  func record(of reference: String) -> Record? { records[Self.key(reference)] }

  private mutating func edit(_ name: String, _ change: (inout Record) -> Void) {
    change(&records[Self.key(name), default: Record()])
  }

  private mutating func age(_ name: String, _ time: String?) {
    guard let time = time.flatMap({ Timestamp($0) }), let now else { return }
    let days = Int((now.nanoseconds - time.nanoseconds) / 86_400_000_000_000)
    guard days >= 0 else { return }
    edit(name) { $0.age = $0.age ?? days }
  }

  /// `nginx` and `docker.io/library/nginx:latest` are one image.
  private static func key(_ name: String) -> String {
    guard let reference = ImageReference(name) else { return name }
    return reference.text
  }
}
