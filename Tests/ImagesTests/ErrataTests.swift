import Bytes
import Foundation
import Images
import TestKit
import Testing

/// What each erratum says of its packages: found at the version that the erratum before it fixed, and not at its own.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct ErrataTests {
  /// Of one package in one release, and of one stream of a module.
  private struct Stream: Hashable {
    let ecosystem: String
    let name: String
    let module: String
  }

  private struct Fix {
    let id: String
    let version: String
    /// Whether the record says more of the package than that all versions before this one are affected.
    let isOneOfMore: Bool
  }

  private static let number = 1_000

  /// The package URL of an installed package that is built from what the erratum names.
  private static func purl(_ stream: Stream, _ version: String) throws -> PackageURL {
    let ecosystem = Ecosystem(stream.ecosystem)
    let release = ecosystem.release ?? ""
    var qualifiers: [String: String] = [:]
    let type: String
    var (namespace, name, version): (String?, String, String) = (nil, stream.name, version)
    func split(_ separator: Character) {
      guard let place = name.lastIndex(of: separator) else { return }
      namespace = String(name[..<place])
      name = String(name[name.index(after: place)...])
    }
    switch ecosystem.name {
    case "AlmaLinux":
      (type, namespace) = ("rpm", "almalinux")
      qualifiers["distro"] = "almalinux-\(release).7"
      if let colon = version.firstIndex(of: ":") {
        qualifiers["epoch"] = String(version[..<colon])
        version = String(version[version.index(after: colon)...])
      }
      if !stream.module.isEmpty { qualifiers["rpmmod"] = stream.module + ":8060020220929:ad008a3a" }
    case "Alpine":
      (type, namespace) = ("apk", "alpine")
      qualifiers = ["distro": "alpine-" + release.drop { $0 == "v" }, "upstream": name]
      name += "-libs"
    case "Debian":
      (type, namespace) = ("deb", "debian")
      qualifiers = ["distro": "debian-" + release, "upstream": name]
      name = "lib\(name)1"
    case "Go":
      type = "golang"
      split("/")
    case "npm":
      type = "npm"
      split("/")
    default: type = ecosystem.name == "PyPI" ? "pypi" : "cargo"
    }
    return try PackageURL(type: type, namespace: namespace, name: name, version: version, qualifiers: qualifiers)
  }

  /// - Parameter every: one record of so many is read, since a debug build is slow; with `BARTIZAN_ALL_ERRATA` all of them.
  @Test(arguments: [
    ("AlmaLinux", 5), ("Alpine", 2), ("Debian", 4), ("Go", 2), ("PyPI", 4), ("crates.io", 1), ("npm", 1),
  ])
  func eachIsFoundUntilItsOwnVersion(_ ecosystem: String, _ every: Int) throws {
    let archive = try ZipReader(try SharedData.bytes("images/osv/\(ecosystem)/all.zip"))
    var builder = AdvisoryStoreBuilder()
    var streams: [Stream: [Fix]] = [:]
    let step = ProcessInfo.processInfo.environment["BARTIZAN_ALL_ERRATA"] == nil ? every : 1
    for index in stride(from: 0, to: archive.members.count, by: step) {
      guard let advisory = Advisory(try JSONReader.read(try archive.content(archive.members[index]))),
        !advisory.withdrawn
      else { continue }
      builder.add(advisory)
      let same = Dictionary(grouping: advisory.affected) { "\($0.ecosystem.text) \($0.name)" }
      for affected in advisory.affected where affected.modules?.isEmpty != true {
        let stream = Stream(
          ecosystem: affected.ecosystem.text, name: affected.name, module: affected.modules?.first ?? "")
        for range in affected.ranges {
          guard range.count == 2, range[0].kind == .introduced, ["0", "0.0.0-0"].contains(range[0].version),
            range[1].kind == .fixed
          else {
            continue
          }
          streams[stream, default: []].append(
            Fix(
              id: advisory.id, version: range[1].version,
              isOneOfMore: affected.ranges.count > 1
                || (same["\(affected.ecosystem.text) \(affected.name)"]?.count ?? 0) > 1
                || affected.versions.contains(range[1].version)))
        }
      }
    }
    let order = try #require(Ecosystem(ecosystem).order)
    var cases: [(stream: Stream, fix: Fix, before: String)] = []
    for (stream, fixes) in streams {
      let versions = Set(fixes.map(\.version)).sorted { order.compare($0, $1) == .less }
      var before: [String: String] = [:]
      for (earlier, version) in zip(versions, versions.dropFirst()) where order.compare(earlier, version) == .less {
        before[version] = earlier
      }
      for fix in fixes { if let earlier = before[fix.version] { cases.append((stream, fix, earlier)) } }
    }
    cases.sort {
      ($0.stream.ecosystem, $0.stream.name, $0.stream.module, $0.fix.id, $0.fix.version)
        < ($1.stream.ecosystem, $1.stream.name, $1.stream.module, $1.fix.id, $1.fix.version)
    }
    var random = SeededRandom(seed: 20)
    cases.shuffle(using: &random)
    let store = try AdvisoryStore(builder.bytes(sources: [], built: "now"))
    var memory = AdvisoryQuery.Memory()
    func ids(_ stream: Stream, _ version: String) throws -> Set<String> {
      let package = try #require(SoftwarePackage(purl: try Self.purl(stream, version), path: "bill"))
      let found = try ImageFinding.all(of: package, store, .empty, &memory)
      return Set(found.findings.flatMap { [$0.advisory.id] + $0.also } + found.undecided.map { "undecided " + $0.id })
    }
    var missed: [String] = []
    var wrong: [String] = []
    var fixed = 0
    for (stream, fix, before) in cases.prefix(Self.number) {
      if !(try ids(stream, before).contains(fix.id)) {
        missed.append("\(stream) \(before): \(fix.id) < \(fix.version)")
      }
      if fix.isOneOfMore { continue }
      fixed += 1
      let at = try ids(stream, fix.version)
      if at.contains(fix.id) || at.contains("undecided " + fix.id) {
        wrong.append("\(stream) \(fix.version): \(fix.id)")
      }
    }
    print(
      "\(ecosystem): \(min(cases.count, Self.number)) of \(cases.count) fixes, \(missed.count) missed before, \(wrong.count) of \(fixed) still there"
    )
    #expect(missed.isEmpty, "\(missed.prefix(20))")
    #expect(wrong.isEmpty, "\(wrong.prefix(20))")
    #expect(cases.count >= 10)
  }
}
