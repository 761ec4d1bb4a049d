import Bytes
import TestKit
import Testing

@testable import Images

/// Statements that must not take out a finding, each with the reason that is told, and their nearest kin that do.
///
/// Sources: OpenVEX specification 0.2.0; CycloneDX 1.6, `vulnerabilities`; CSAF 2.0, sections 3.2.3 and 6.1; CISA, "Minimum
/// Requirements for VEX".
@Suite struct VEXStatementTests {
  private static let digest = "sha256:" + String(repeating: "ab", count: 32)
  private static let otherDigest = "sha256:" + String(repeating: "cd", count: 32)

  private static var subject: ImageIdentity {
    var subject = ImageIdentity()
    subject.add(name: "registry.test/team/app:1.4")
    subject.add(digest: digest)
    return subject
  }

  private static let package = SoftwarePackage(
    ecosystem: Ecosystem("npm"), name: "lodash", version: "4.17.4", path: "p")

  private static func answer(_ text: String, _ subject: ImageIdentity = subject) throws -> (
    clears: Bool, [VEX.Obstacle]
  ) {
    var vex = VEX()
    _ = try vex.add(Array(text.utf8), file: "v.json")
    let answer = vex.answer(["CVE-2024-1", "GHSA-aaaa-bbbb-cccc"], in: package, of: subject)
    return (answer.statement?.clears == true, vex.unusable.map(\.obstacle) + answer.unapplied.map(\.obstacle))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let obstacle: VEX.Obstacle?
    var testDescription: String { name }

    /// - Parameter obstacle: nil where the finding is taken out.
    init(_ name: String, _ text: String, _ obstacle: VEX.Obstacle?) {
      self.name = name
      self.text = text
      self.obstacle = obstacle
    }
  }

  private static func check(_ item: Case, _ subject: ImageIdentity = subject) throws {
    let (clears, obstacles) = try answer(item.text, subject)
    #expect(clears == (item.obstacle == nil), "\(obstacles)")
    #expect(obstacles == [item.obstacle].compactMap { $0 })
  }

  // MARK: OpenVEX

  private static func open(
    _ products: String, status: String = "not_affected",
    reason: String = #""justification":"vulnerable_code_not_present""#,
    vulnerability: String = #"{"name":"CVE-2024-1"}"#
  ) -> String {
    let reason = reason.isEmpty ? "" : "," + reason
    return
      #"{"@context":"https://openvex.dev/ns/v0.2.0","timestamp":"2026-01-01T00:00:00Z","statements":[{"vulnerability":\#(vulnerability),"products":[\#(products)],"status":"\#(status)"\#(reason)}]}"#
  }

  private static let lodash = #"{"@id":"pkg:npm/lodash@4.17.4"}"#

  private static func app(_ more: String, part: String = #"{"@id":"pkg:npm/lodash"}"#) -> String {
    #"{"@id":"registry.test/team/app:1.4"\#(more.isEmpty ? "" : "," + more),"subcomponents":[\#(part)]}"#
  }

  @Test(arguments: [
    // The reason for `not_affected`.
    Case("justification", open(lodash), nil),
    Case("impact statement", open(lodash, reason: #""impact_statement":"never called""#), nil),
    Case("no reason", open(lodash, reason: ""), .noReason),
    Case("empty reason", open(lodash, reason: #""justification":"","impact_statement":" ""#), .noReason),
    Case("notes are none", open(lodash, reason: #""status_notes":"looked at""#), .noReason),
    Case(
      "unknown label", open(lodash, reason: #""justification":"code_not_reachable""#),
      .unknownReason("code_not_reachable")),
    Case(
      "unknown label and a statement", open(lodash, reason: #""justification":"mine","impact_statement":"why""#), nil),
    Case("fixed needs none", open(lodash, status: "fixed", reason: ""), nil),
    // Statuses.
    Case("unknown status", open(lodash, status: "not-affected"), .unknownStatus("not-affected")),
    Case("status of another format", open(lodash, status: "false_positive"), .unknownStatus("false_positive")),
    // What is fixed is a version.
    Case(
      "fixed without a version", open(#"{"@id":"pkg:npm/lodash"}"#, status: "fixed", reason: ""), .fixWithoutVersion),
    Case(
      "fixed in another version", open(#"{"@id":"pkg:npm/lodash@4.17.21"}"#, status: "fixed", reason: ""),
      .otherVersion("pkg:npm/lodash@4.17.21")),
    Case("fixed in this build", open(app(""), status: "fixed", reason: ""), nil),
    // Products and packages.
    Case("no product", open("{}"), .noProduct),
    Case("no vulnerability", open(lodash, vulnerability: "{}"), .noVulnerability),
    Case("alias", open(lodash, vulnerability: #"{"name":"X-1","aliases":["ghsa-AAAA-bbbb-cccc"]}"#), nil),
    Case("old form", open(#""pkg:npm/lodash@4.17.4""#, vulnerability: #""CVE-2024-1""#), nil),
    Case(
      "another version", open(#"{"@id":"pkg:npm/lodash@4.17.5"}"#), .otherVersion("pkg:npm/lodash@4.17.5")),
    Case("another package", open(#"{"@id":"pkg:npm/underscore"}"#), .otherPackage("pkg:npm/underscore")),
    Case("another image", open(#"{"@id":"pkg:oci/other"}"#), .otherProduct("pkg:oci/other")),
    Case("another tag", open(#"{"@id":"registry.test/team/app:1.5"}"#), .otherProduct("registry.test/team/app:1.5")),
    Case("a part by a label", open(app("", part: #"{"@id":"lodash"}"#)), .unidentified("lodash")),
    Case(
      "a part by a CPE",
      open(app("", part: #"{"identifiers":{"cpe23":"cpe:2.3:a:lodash:lodash:4.17.4:*:*:*:*:*:*:*"}}"#)),
      .unverified("cpe:2.3:a:lodash:lodash:4.17.4:*:*:*:*:*:*:*")),
    // Names of one product that are those of two.
    Case(
      "name and package URL", open(app(#""identifiers":{"purl":"pkg:oci/app?repository_url=registry.test/team/app"}"#)),
      nil),
    Case(
      "name and package URL of another", open(app(#""identifiers":{"purl":"pkg:oci/other"}"#)),
      .contradictory("pkg:oci/other and pkg:oci/other")),
    Case(
      "an address says nothing",
      open(
        #"{"@id":"https://example.test/app","identifiers":{"purl":"pkg:oci/app"},"subcomponents":[{"@id":"pkg:npm/lodash"}]}"#
      ),
      nil),
    Case(
      "package URLs of two packages",
      open(#"{"@id":"pkg:npm/lodash@4.17.4","identifiers":{"purl":"pkg:npm/underscore@1"}}"#),
      .contradictory("pkg:npm/lodash@4.17.4 and pkg:npm/underscore@1")),
    Case(
      "package URLs of two versions",
      open(#"{"@id":"pkg:npm/lodash@4.17.4","identifiers":{"purl":"pkg:npm/lodash@4.17.5"}}"#),
      .contradictory("pkg:npm/lodash@4.17.4 and pkg:npm/lodash@4.17.5")),
    Case(
      "CPE of the same",
      open(
        #"{"@id":"pkg:npm/lodash@4.17.4","identifiers":{"cpe23":"cpe:2.3:a:lodash:lodash:4.17.4:*:*:*:*:node.js:*:*"}}"#
      ),
      nil),
    Case(
      "CPE of another product",
      open(#"{"@id":"pkg:npm/lodash@4.17.4","identifiers":{"cpe22":"cpe:/a:haxx:curl:8.1"}}"#),
      .contradictory("pkg:npm/lodash@4.17.4 and cpe:/a:haxx:curl:8.1")),
    Case(
      "CPE of another version",
      open(#"{"@id":"pkg:npm/lodash@4.17.4","identifiers":{"cpe23":"cpe:2.3:a:lodash:lodash:4.17.21:*:*:*:*:*:*:*"}}"#),
      .contradictory("pkg:npm/lodash@4.17.4 and cpe:2.3:a:lodash:lodash:4.17.21:*:*:*:*:*:*:*")),
    Case(
      "parts with two names",
      open(app("", part: #"{"@id":"pkg:npm/lodash@4.17.4","identifiers":{"purl":"pkg:npm/x@1"}}"#)),
      .contradictory("pkg:npm/lodash@4.17.4 and pkg:npm/x@1")),
    // Sums.
    Case("sum of this build", open(app(#""hashes":{"sha-256":"\#(digest.dropFirst(7))"}"#)), nil),
    Case(
      "sum of another build", open(app(#""hashes":{"sha-256":"\#(otherDigest.dropFirst(7))"}"#)),
      .otherVersion(otherDigest)),
    Case(
      "digest in the name, another sum",
      open(
        #"{"@id":"pkg:oci/app@\#(digest.replacing(":", with: "%3A"))","hashes":{"sha256":"\#(otherDigest.dropFirst(7))"},"subcomponents":[{"@id":"pkg:npm/lodash"}]}"#
      ),
      .otherVersion(otherDigest)),
    Case(
      "a sum alone",
      open(#"{"hashes":{"sha-256":"\#(digest.dropFirst(7))"},"subcomponents":[{"@id":"pkg:npm/lodash"}]}"#), nil),
    // An attestation on the image, whose statement inherits its product.
    Case(
      "attested",
      #"{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://openvex.dev/ns","subject":[{"name":"app","digest":{"sha256":"\#(digest.dropFirst(7))"}}],"predicate":{"@context":"https://openvex.dev/ns/v0.2.0","timestamp":"2026-01-01T00:00:00Z","statements":[{"vulnerability":{"name":"CVE-2024-1"},"status":"not_affected","justification":"component_not_present"}]}}"#,
      nil),
    Case(
      "attested of another",
      #"{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://openvex.dev/ns","subject":[{"name":"app","digest":{"sha256":"\#(otherDigest.dropFirst(7))"}}],"predicate":{"@context":"https://openvex.dev/ns/v0.2.0","timestamp":"2026-01-01T00:00:00Z","statements":[{"vulnerability":{"name":"CVE-2024-1"},"status":"not_affected","justification":"component_not_present"}]}}"#,
      .otherProduct(otherDigest)),
  ])
  func openVEXIsAppliedAsItSays(_ item: Case) throws { try Self.check(item) }

  /// A sum cannot be compared with a folder's, which has none.
  @Test func sumsOfWhatHasNone() throws {
    var subject = ImageIdentity()
    subject.add(name: "registry.test/team/app:1.4")
    let hash = Self.digest.dropFirst(7)
    try Self.check(
      Case("folder", Self.open(Self.app(#""hashes":{"sha-256":"\#(hash)"}"#)), .unverified(Self.digest)), subject)
  }

  // MARK: Time

  private static func statement(_ status: String, _ time: String) -> String {
    let time = time.isEmpty ? "" : #","timestamp":"\#(time)""#
    return
      #"{"vulnerability":{"name":"CVE-2024-1"},"products":[\#(lodash)],"status":"\#(status)","justification":"component_not_present"\#(time)}"#
  }

  /// The latest counts, by the moment and not by its spelling; of one moment what does not take out.
  @Test(
    arguments: [
      ([("affected", "2026-01-01T00:00:00Z"), ("not_affected", "2026-02-01T00:00:00Z")], true),
      ([("not_affected", "2026-02-01T00:00:00Z"), ("affected", "2026-01-01T00:00:00Z")], true),
      ([("not_affected", "2026-01-01T00:00:00Z"), ("under_investigation", "2026-02-01T00:00:00Z")], false),
      ([("not_affected", "2026-01-01T10:00:00+09:00"), ("affected", "2026-01-01T02:00:00Z")], false),
      ([("not_affected", "2026-01-01T00:00:00.5Z"), ("affected", "2026-01-01T00:00:00Z")], true),
      // Without a time of their own they have the document's, which is 2026-06-01.
      ([("not_affected", ""), ("affected", "2026-05-31T00:00:00Z")], true),
      ([("not_affected", ""), ("affected", "2026-06-02T00:00:00Z")], false),
      ([("not_affected", "yesterday"), ("affected", "2026-06-01T00:00:00Z")], false),
      ([("not_affected", ""), ("affected", "")], false), ([("affected", ""), ("not_affected", "")], false),
      ([("not_affected", ""), ("fixed", "")], true),
    ] as [([(String, String)], Bool)])
  func theLatestCounts(_ statements: [(String, String)], _ clears: Bool) throws {
    let list = statements.map { Self.statement($0.0, $0.1) }.joined(separator: ",")
    let text =
      #"{"@context":"https://openvex.dev/ns/v0.2.0","timestamp":"2026-06-01T00:00:00Z","statements":[\#(list)]}"#
    #expect(try Self.answer(text).clears == clears)
  }

  // MARK: CycloneDX

  private static func cyclone(
    _ affects: String, state: String = "not_affected", head: String = "",
    component: String = #""purl":"pkg:npm/lodash""#
  ) -> String {
    #"{"bomFormat":"CycloneDX","specVersion":"1.6",\#(head)"components":[{"bom-ref":"l",\#(component)}],"vulnerabilities":[{"id":"CVE-2024-1","analysis":{"state":"\#(state)","justification":"code_not_present"},"affects":[\#(affects)]}]}"#
  }

  private static func versions(_ list: String) -> String { #"{"ref":"l","versions":[\#(list)]}"# }

  @Test(arguments: [
    Case("all versions", cyclone(#"{"ref":"l"}"#), nil),
    Case("this version", cyclone(versions(#"{"version":"4.17.4","status":"unaffected"}"#)), nil),
    Case("a version without a status", cyclone(versions(#"{"version":"4.17.4"}"#)), nil),
    Case(
      "another version", cyclone(versions(#"{"version":"4.17.21","status":"unaffected"}"#)), .otherVersion("4.17.21")),
    Case(
      "this version affected", cyclone(versions(#"{"version":"4.17.4","status":"affected"}"#)), .openVersion("4.17.4")),
    Case(
      "this version unknown", cyclone(versions(#"{"version":"4.17.4","status":"unknown"}"#)), .openVersion("4.17.4")),
    Case(
      "affected before, unaffected here",
      cyclone(versions(#"{"version":"4.17.3","status":"affected"},{"version":"4.17.4","status":"unaffected"}"#)), nil),
    Case(
      "unaffected in a range, affected within it",
      cyclone(
        versions(#"{"range":"vers:npm/>=4.0.0|<5.0.0","status":"unaffected"},{"version":"4.17.4","status":"affected"}"#)
      ),
      .openVersion("4.17.4")),
    Case("range", cyclone(versions(#"{"range":"vers:npm/>=4.0.0|<5.0.0","status":"unaffected"}"#)), nil),
    Case(
      "range of any kind", cyclone(versions(#"{"range":"vers:generic/>=4.0.0|<=4.17.4","status":"unaffected"}"#)), nil),
    Case(
      "range behind it", cyclone(versions(#"{"range":"vers:npm/>=4.17.21","status":"unaffected"}"#)),
      .otherVersion("vers:npm/>=4.17.21")),
    Case(
      "range of another kind", cyclone(versions(#"{"range":"vers:deb/>=4.0.0","status":"unaffected"}"#)),
      .unverified("vers:deb/>=4.0.0")),
    Case(
      "range in other words", cyclone(versions(#"{"range":">=4.0.0","status":"unaffected"}"#)), .unverified(">=4.0.0")),
    Case(
      "affected in a range that is not understood",
      cyclone(versions(#"{"version":"4.17.4","status":"unaffected"},{"range":"4.x","status":"affected"}"#)),
      .unverified("4.x")),
    Case("resolved here", cyclone(versions(#"{"version":"4.17.4"}"#), state: "resolved"), nil),
    Case(
      "resolved later", cyclone(versions(#"{"version":"4.17.21"}"#), state: "resolved"), .otherVersion("4.17.21")),
    Case("resolved in no version", cyclone(#"{"ref":"l"}"#, state: "resolved"), .fixWithoutVersion),
    Case("false positive", cyclone(#"{"ref":"l"}"#, state: "false_positive"), nil),
    Case("unknown state", cyclone(#"{"ref":"l"}"#, state: "fixed"), .unknownStatus("fixed")),
    Case("a component that is not there", cyclone(#"{"ref":"m"}"#), .unidentified("m")),
    Case("affects nothing", cyclone(""), .noProduct),
    Case(
      "a component of another version",
      cyclone(#"{"ref":"l"}"#, component: #""version":"5.0.0","purl":"pkg:npm/lodash""#),
      .otherVersion("5.0.0")),
    Case(
      "a component with a CPE of something else",
      cyclone(#"{"ref":"l"}"#, component: #""cpe":"cpe:2.3:a:haxx:curl:8.1:*:*:*:*:*:*:*","purl":"pkg:npm/lodash""#),
      .contradictory("pkg:npm/lodash and cpe:2.3:a:haxx:curl:8.1:*:*:*:*:*:*:*")),
    // All that the document is about, in some of its versions.
    Case(
      "this product in this version",
      cyclone(
        #"{"ref":"r","versions":[{"version":"1.4","status":"unaffected"}]}"#,
        head: #""metadata":{"component":{"bom-ref":"r","type":"container","name":"registry.test/team/app"}},"#),
      .otherProduct("registry.test/team/app:latest")),
    Case(
      "this product",
      cyclone(
        #"{"ref":"r","versions":[{"version":"1.4","status":"unaffected"}]}"#,
        head: #""metadata":{"component":{"bom-ref":"r","type":"container","name":"registry.test/team/app:1.4"}},"#), nil
    ),
    Case(
      "this product in other versions",
      cyclone(
        #"{"ref":"r","versions":[{"range":"vers:generic/>=2.0|<=3.0","status":"unaffected"}]}"#,
        head: #""metadata":{"component":{"bom-ref":"r","type":"container","name":"registry.test/team/app:1.4"}},"#),
      .otherVersion("vers:generic/>=2.0|<=3.0")),
    Case(
      "this product by its package URL in other versions",
      cyclone(
        #"{"ref":"r","versions":[{"version":"1.5"}]}"#,
        head:
          #""metadata":{"component":{"bom-ref":"r","type":"container","name":"app","purl":"pkg:oci/app?repository_url=registry.test/team/app"}},"#
      ),
      .otherVersion("1.5")),
  ])
  func cycloneDXIsAppliedAsItSays(_ item: Case) throws { try Self.check(item) }

  /// The same words in XML.
  @Test(arguments: [("4.17.4", "unaffected", true), ("4.17.4", "affected", false), ("4.17.5", "unaffected", false)])
  func cycloneDXInXML(_ version: String, _ status: String, _ clears: Bool) throws {
    let text =
      #"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components><component type="library" bom-ref="l"><name>lodash</name><purl>pkg:npm/lodash</purl></component></components><vulnerabilities><vulnerability><id>CVE-2024-1</id><analysis><state>not_affected</state></analysis><affects><target><ref>l</ref><versions><version><version>\#(version)</version><status>\#(status)</status></version></versions></target></affects></vulnerability></vulnerabilities></bom>"#
    #expect(try Self.answer(text).clears == clears)
  }

  /// What is said to be exploitable in this version takes back what was said before.
  @Test func laterExploitableVersionsCount() throws {
    var vex = VEX()
    for (time, state, status) in [
      ("2026-01-01", "not_affected", "unaffected"), ("2026-02-01", "exploitable", "affected"),
    ] {
      let text = Self.cyclone(
        Self.versions(#"{"version":"4.17.4","status":"\#(status)"}"#), state: state,
        head: #""metadata":{"timestamp":"\#(time)T00:00:00Z"},"#)
      _ = try vex.add(Array(text.utf8), file: state)
    }
    #expect(vex.answer(["CVE-2024-1"], in: Self.package, of: Self.subject).statement?.status == "exploitable")
  }

  // MARK: CSAF

  private static func csaf(
    _ branches: String, status: String = #""known_not_affected":["p"]"#,
    reasons: String = #""flags":[{"label":"vulnerable_code_not_present","product_ids":["p"]}]"#, more: String = ""
  ) -> String {
    let reasons = reasons.isEmpty ? "" : "," + reasons
    return
      #"{"document":{"category":"csaf_vex","csaf_version":"2.0","tracking":{"current_release_date":"2026-01-01T00:00:00Z"}},"product_tree":{"branches":[\#(branches)]\#(more)},"vulnerabilities":[{"cve":"CVE-2024-1","product_status":{\#(status)}\#(reasons)}]}"#
  }

  private static func product(_ helper: String, category: String = "product_version", name: String = "any") -> String {
    #"{"category":"\#(category)","name":"\#(name)","product":{"product_id":"p","name":"Product P","product_identification_helper":{\#(helper)}}}"#
  }

  private static let exact = product(#""purl":"pkg:npm/lodash@4.17.4""#)

  private static func related(to platform: String) -> String {
    #","relationships":[{"category":"installed_on","product_reference":"p","relates_to_product_reference":"\#(platform)","full_product_name":{"product_id":"q","name":"P on Q"}}]"#
  }

  @Test(arguments: [
    Case("flag", csaf(exact), nil),
    Case(
      "flag of a group",
      csaf(
        exact, reasons: #""flags":[{"label":"component_not_present","group_ids":["g"]}]"#,
        more: #","product_groups":[{"group_id":"g","product_ids":["p"]}]"#), nil),
    Case(
      "impact", csaf(exact, reasons: #""threats":[{"category":"impact","details":"why","product_ids":["p"]}]"#), nil),
    Case("impact of all", csaf(exact, reasons: #""threats":[{"category":"impact","details":"why"}]"#), nil),
    Case("no reason", csaf(exact, reasons: ""), .noReason),
    Case(
      "reason of another product",
      csaf(exact, reasons: #""flags":[{"label":"component_not_present","product_ids":["z"]}]"#),
      .noReason),
    Case(
      "impact on another product",
      csaf(exact, reasons: #""threats":[{"category":"impact","details":"why","product_ids":["z"]}]"#), .noReason),
    Case(
      "a threat of another category",
      csaf(exact, reasons: #""threats":[{"category":"exploit_status","details":"none","product_ids":["p"]}]"#),
      .noReason),
    Case(
      "unknown flag", csaf(exact, reasons: #""flags":[{"label":"trust_me","product_ids":["p"]}]"#),
      .unknownReason("trust_me")),
    Case(
      "a product by its name alone",
      csaf(#"{"category":"product_version","name":"1","product":{"product_id":"p","name":"Product P"}}"#),
      .unidentified("Product P")),
    Case("a product that is not there", csaf("", status: #""known_not_affected":["z"]"#), .unidentified("z")),
    Case("fixed", csaf(exact, status: #""fixed":["p"]"#, reasons: ""), nil),
    Case(
      "fixed in another version",
      csaf(product(#""purl":"pkg:npm/lodash@4.17.21""#), status: #""fixed":["p"]"#, reasons: ""),
      .otherVersion("pkg:npm/lodash@4.17.21")),
    Case(
      "fixed without a version",
      csaf(product(#""purl":"pkg:npm/lodash""#, category: "product_name"), status: #""fixed":["p"]"#, reasons: ""),
      .fixWithoutVersion),
    Case("version by the branch", csaf(product(#""purl":"pkg:npm/lodash""#, name: "4.17.4")), nil),
    Case(
      "another version by the branch", csaf(product(#""purl":"pkg:npm/lodash""#, name: "4.17.5")),
      .otherVersion("4.17.5")),
    Case(
      "range of the branch",
      csaf(product(#""purl":"pkg:npm/lodash""#, category: "product_version_range", name: "vers:npm/<4.17.5")),
      nil),
    Case(
      "range that it is not in",
      csaf(product(#""purl":"pkg:npm/lodash""#, category: "product_version_range", name: "vers:npm/>=5.0.0")),
      .otherVersion("vers:npm/>=5.0.0")),
    Case(
      "range in words",
      csaf(product(#""purl":"pkg:npm/lodash""#, category: "product_version_range", name: "vls:<4.17.5")),
      .unverified("vls:<4.17.5")),
    Case(
      "on this image",
      csaf(
        exact
          + #",{"category":"product_version","name":"1.4","product":{"product_id":"i","name":"App","product_identification_helper":{"purl":"pkg:oci/app?repository_url=registry.test/team/app"}}}"#,
        status: #""known_not_affected":["q"]"#,
        reasons: #""flags":[{"label":"component_not_present","product_ids":["q"]}]"#,
        more: related(to: "i")), nil),
    Case(
      "on another image",
      csaf(
        exact
          + #",{"category":"product_version","name":"1","product":{"product_id":"i","name":"App","product_identification_helper":{"purl":"pkg:oci/other"}}}"#,
        status: #""known_not_affected":["q"]"#,
        reasons: #""flags":[{"label":"component_not_present","product_ids":["q"]}]"#,
        more: related(to: "i")), .otherProduct("pkg:oci/other")),
    Case(
      "on a platform that is not there",
      csaf(
        exact, status: #""known_not_affected":["q"]"#,
        reasons: #""flags":[{"label":"component_not_present","product_ids":["q"]}]"#, more: related(to: "i")),
      .otherProduct("i")),
    Case(
      "an image as the product",
      csaf(product(#""purl":"pkg:oci/app?repository_url=registry.test/team/app""#, category: "product_name")), nil),
    Case(
      "an image with another sum",
      csaf(
        product(
          #""purl":"pkg:oci/app?repository_url=registry.test/team/app","hashes":[{"filename":"m","file_hashes":[{"algorithm":"sha256","value":"\#(otherDigest.dropFirst(7))"}]}]"#,
          category: "product_name")), .otherVersion(otherDigest)),
    Case(
      "affected and not",
      csaf(
        exact
          + #",{"category":"product_name","name":"1","product":{"product_id":"o","name":"O","product_identification_helper":{"purl":"pkg:npm/lodash"}}}"#,
        status: #""known_not_affected":["p"],"known_affected":["o"]"#), .contradicted("affected (v.json)")),
  ])
  func csafIsAppliedAsItSays(_ item: Case) throws { try Self.check(item) }

  // MARK: Ranges

  /// Source: vers-spec, examples and "Checking if a version is contained within a range".
  @Test(arguments: [
    ("vers:npm/1.2.3|>=2.0.0|<5.0.0", "1.2.3", true), ("vers:npm/1.2.3|>=2.0.0|<5.0.0", "1.2.4", false),
    ("vers:npm/1.2.3|>=2.0.0|<5.0.0", "2.0.0", true), ("vers:npm/1.2.3|>=2.0.0|<5.0.0", "4.99.0", true),
    ("vers:npm/1.2.3|>=2.0.0|<5.0.0", "5.0.0", false), ("vers:npm/*", "1", true), ("vers:npm/<2", "1.9.9", true),
    ("vers:npm/>2", "2.0.0", false), ("vers:npm/>2", "2.0.1", true), ("vers:npm/<=2", "2.0.0", true),
    ("vers:npm/>=1|<2|>=3|<4", "2.5.0", false), ("vers:npm/>=1|<2|>=3|<4", "3.5.0", true),
    ("vers:npm/>=3|<4|>=1|<2", "1.5.0", true), ("vers:npm/>=1|!=1.5.0|<2", "1.5.0", false),
    ("vers:npm/>=1|!=1.5.0|<2", "1.5.1", true), ("vers:npm/!=1.5.0", "1.5.1", nil),
    ("vers:npm/!=1.5.0", "1.5.0", false),
    ("vers:npm/>=one", "1.5.0", nil), ("vers:npm/ >=1 | <2 ", "1.5.0", true), ("vers:npm/%3E=1", "1.5.0", nil),
    ("vers:none/*", "1.0.0", false),
  ])
  func rangesHold(_ text: String, _ version: String, _ expected: Bool?) throws {
    let range = try #require(VersionRange(text))
    #expect(range.contains(version, .semver) == expected)
  }

  @Test(arguments: ["", "vers:", "vers:npm", "vers:npm/", "vers:/1", ">=1", "vers:npm/>=", "vers:npm/1|*"])
  func whatIsNoRange(_ text: String) { #expect(VersionRange(text) == nil) }
}
