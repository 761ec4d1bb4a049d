package import Bytes

/// What somebody who knows a product says of vulnerabilities in it: OpenVEX, CSAF, and CycloneDX with an analysis.
///
/// A statement is about a product, or about a part of one: the product has to be what is looked at, and the part a package of it.
/// What would take out a finding and is not applied is told, with the reason.
///
/// Source: OpenVEX specification 0.2.0, "Products", "Subcomponents" and "Status Labels"; CycloneDX 1.6,
/// `vulnerabilities[].analysis`; CISA, "Minimum Requirements for VEX". Of several statements about the same the latest counts.
package struct VEX: Sendable {
  /// What a statement is about.
  struct Target: Sendable {
    enum Product: Sendable {
      case component(VEXComponent)
      /// A release of a distribution, as its vendor names it.
      case release(Ecosystem)
      /// What the document is about, and in which versions of it; nil: in all.
      case document(ImageIdentity, [VEXComponent.Version]?)
      /// What another document is about, by the number of that: `urn:cdx:…`.
      case serial(String)
    }

    /// Nil where the part alone is named: it is the product.
    let product: Product?
    /// Nil: all of the product.
    let part: VEXComponent?

    /// Whether it tells one version from another.
    var hasVersion: Bool {
      if part?.hasVersion == true { return true }
      return switch product {
      case .component(let component)?: component.hasVersion
      case .document(let about, let versions)?: versions != nil || about.hasVersion
      // That is a bill of one build.
      case .serial?: true
      case .release?, nil: false
      }
    }
  }

  /// Why a statement that would take out a finding does not.
  package enum Obstacle: Sendable, Hashable {
    /// It speaks of the package as a part of something else, or of something that is not known to be what is looked at.
    case otherProduct(String)
    /// It speaks of another package, which the vulnerability was not found in.
    case otherPackage(String)
    /// It speaks of other versions of the same.
    case otherVersion(String)
    /// It says itself that this version is affected, or that nothing is known of it.
    case openVersion(String)
    /// Its names of one product are names of two.
    case contradictory(String)
    /// What it names cannot be compared with what is known of this: a digest, a range, a name of another kind.
    case unverified(String)
    /// `not_affected` without a reason, which its format demands.
    case noReason
    /// A justification that its format does not know, and no other reason.
    case unknownReason(String)
    /// A status that its format does not know.
    case unknownStatus(String)
    /// It is about no product.
    case noProduct
    /// What it names is not in the document, or not told by anything that packages are known by.
    case unidentified(String)
    /// It names no vulnerability.
    case noVulnerability
    /// It is fixed, in no version: there were some that were not.
    case fixWithoutVersion
    /// Another one of the same time says otherwise.
    case contradicted(String)

    package var isOtherPackage: Bool { if case .otherPackage = self { true } else { false } }
  }

  /// A statement that was not applied.
  package struct Unapplied: Sendable, Hashable {
    package let file: String
    /// From 1, in its document.
    package let statement: Int
    /// The first name of the vulnerability; empty where it has none.
    package let vulnerability: String
    package let obstacle: Obstacle
  }

  /// What one document says of one vulnerability in its products.
  package struct Statement: Sendable {
    /// Id and aliases of the vulnerability, in capital letters.
    let vulnerabilities: Set<String>
    /// The first of them, as it is written.
    let name: String
    /// `not_affected`, `fixed`, `affected`, `under_investigation`, or CycloneDX's states.
    package let status: String
    /// `component_not_present`, …, or what the author wrote; empty where the format demands none.
    package let justification: String
    /// A statement without any is about nothing.
    let targets: [Target]
    /// Nil where none is told, which is before all others.
    let time: Timestamp?
    package let file: String
    /// From 1, in its document.
    package let place: Int

    /// Whether the finding need not be acted on.
    package var clears: Bool { isFix || ["not_affected", "false_positive"].contains(status) }

    /// Whether the version at hand is one that has been mended.
    var isFix: Bool { ["fixed", "resolved", "resolved_with_pedigree"].contains(status) }

    func unapplied(_ obstacle: Obstacle) -> Unapplied {
      Unapplied(file: file, statement: place, vulnerability: name, obstacle: obstacle)
    }
  }

  /// What is said of one finding.
  package struct Answer: Sendable {
    /// The latest statement about it.
    package let statement: Statement?
    /// Statements that would take it out and do not.
    package let unapplied: [Unapplied]
  }

  package private(set) var statements: [Statement] = []
  /// Statements that nothing is taken out by, whatever is looked at.
  package private(set) var unusable: [Unapplied] = []

  package init() {}

  /// What a reader of one format takes out of a document.
  struct Reading {
    let file: String
    var statements: [Statement] = []
    var unusable: [Unapplied] = []
    /// Statements of the document.
    var count = 0

    /// Takes a statement, or says why it is of no use.
    ///
    /// - Parameters:
    ///   - place: from 1, in the document.
    ///   - obstacle: what the reader found wrong with it.
    mutating func add(
      _ place: Int, _ names: [String], _ status: String, _ justification: String, _ targets: [Target],
      _ time: Timestamp?, obstacle: Obstacle? = nil
    ) {
      let statement = Statement(
        vulnerabilities: Set(names.map { $0.uppercased() }), name: names.first ?? "", status: status,
        justification: justification, targets: targets, time: time, file: file, place: place)
      var obstacle = obstacle
      if names.isEmpty { obstacle = .noVulnerability }
      if obstacle == nil, targets.isEmpty { obstacle = .noProduct }
      if let obstacle { return unusable.append(statement.unapplied(obstacle)) }
      statements.append(statement)
    }

    mutating func note(_ place: Int, _ names: [String], _ obstacle: Obstacle) {
      unusable.append(Unapplied(file: file, statement: place, vulnerability: names.first ?? "", obstacle: obstacle))
    }
  }

  /// - Returns: how many statements are in it.
  /// - Throws: `DocumentError` for what is no such document.
  package mutating func add(_ bytes: [UInt8], file: String) throws(DocumentError) -> Int {
    let document: DocumentNode
    var attested: DocumentNode?
    if bytes.first(where: { $0 > 0x20 && $0 < 0x80 }) == UInt8(ascii: "<"), let markup = CycloneDXMarkup.document(bytes)
    {
      document = markup
    } else {
      let whole = try JSONReader.read(bytes)
      document = SBOMEnvelope.content(of: whole)
      attested = SBOMEnvelope.subjects(of: whole)
    }
    var reading = Reading(file: file)
    if document["@context"]?.string?.hasPrefix("https://openvex.dev/ns") == true {
      OpenVEX.read(document, attested: attested, &reading)
    } else if document["bomFormat"]?.string == "CycloneDX", document["vulnerabilities"] != nil {
      CycloneDXVEX.read(document, &reading)
    } else if CSAF.isCSAF(document) {
      CSAF.read(document, &reading)
    } else {
      throw DocumentError(.archive, "neither OpenVEX nor CSAF nor a CycloneDX document with vulnerabilities")
    }
    statements += reading.statements
    unusable += reading.unusable
    return reading.count
  }

  /// Justifications of OpenVEX and of CSAF, which have the same words.
  ///
  /// Source: CISA, "Vulnerability Exploitability eXchange (VEX) - Status Justifications".
  static let justifications: Set<String> = [
    "component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist",
  ]

  /// The reason for `not_affected`: a justification that is one, or what the author wrote instead.
  static func reason(_ justification: String?, _ statement: String?) -> (text: String, obstacle: Obstacle?) {
    let written = statement.flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }
    guard let justification, justification.contains(where: { !$0.isWhitespace }) else {
      return (written ?? "", written == nil ? .noReason : nil)
    }
    guard !justifications.contains(justification) else { return (justification, nil) }
    return (written ?? justification, written == nil ? .unknownReason(justification) : nil)
  }

  /// Whether statements name what they are about by the number of a bill of materials.
  package var namesDocuments: Bool {
    statements.contains { statement in
      statement.targets.contains { if case .serial? = $0.product { true } else { false } }
    }
  }

  /// What is said of a vulnerability in a package.
  ///
  /// - Parameters:
  ///   - names: of the vulnerability.
  ///   - subject: what the package was found in.
  package func answer(_ names: Set<String>, in package: SoftwarePackage, of subject: ImageIdentity) -> Answer {
    guard !statements.isEmpty, let purl = package.purl else { return Answer(statement: nil, unapplied: []) }
    let names = Set(names.map { $0.uppercased() })
    var meant: [Statement] = []
    var unapplied: [Unapplied] = []
    for statement in statements where !statement.vulnerabilities.isDisjoint(with: names) {
      var isMeant = false
      var obstacle: Obstacle?
      for target in statement.targets {
        switch Self.relation(target, package, purl, subject) {
        case .meant where statement.isFix && !target.hasVersion: obstacle = .fixWithoutVersion
        case .meant: isMeant = true
        case .obstacle(let other): if obstacle?.isOtherPackage != false { obstacle = other }
        case .otherPackage(let name): obstacle = obstacle ?? .otherPackage(name)
        }
      }
      if isMeant {
        meant.append(statement)
      } else if let obstacle, statement.clears {
        unapplied.append(statement.unapplied(obstacle))
      }
    }
    let (statement, contradicted) = Self.latest(meant)
    return Answer(statement: statement, unapplied: unapplied + contradicted)
  }

  /// The latest of several; of those of one time one that does not clear.
  private static func latest(_ statements: [Statement]) -> (statement: Statement?, contradicted: [Unapplied]) {
    guard let time = statements.map({ $0.time?.nanoseconds ?? .min }).max() else { return (nil, []) }
    let last = statements.filter { ($0.time?.nanoseconds ?? .min) == time }
    guard let open = last.last(where: { !$0.clears }) else { return (last.last, []) }
    return (open, last.filter(\.clears).map { $0.unapplied(.contradicted("\(open.status) (\(open.file))")) })
  }

  private enum Relation {
    case meant
    case obstacle(Obstacle)
    case otherPackage(String)
  }

  private static func relation(
    _ target: Target, _ package: SoftwarePackage, _ purl: PackageURL, _ subject: ImageIdentity
  ) -> Relation {
    if let part = target.part, let relation = relation(part.match(package, purl), part) { return relation }
    let isPart = target.part != nil
    switch target.product {
    case nil: return isPart ? .meant : .otherPackage("")
    case .release(let ecosystem)?:
      return ecosystem.isSameRelease(package.ecosystem) ? .meant : .obstacle(.otherProduct(ecosystem.text))
    case .document(let about, let versions)?:
      guard subject.isMeant(by: about) else {
        return .obstacle(.otherProduct(about.title ?? "something without a name"))
      }
      return obstacle(VEXComponent.versions(versions, of: subject.versions, .semver, type: nil)).map { .obstacle($0) }
        ?? .meant
    case .serial(let serial)?:
      return subject.isMeant(bySerial: serial) ? .meant : .obstacle(.otherProduct("urn:cdx:" + serial))
    case .component(let component)?:
      let image = component.match(subject)
      if image == .meant { return .meant }
      if let obstacle = obstacle(image) { return .obstacle(obstacle) }
      if isPart { return .obstacle(.otherProduct(component.title)) }
      // The package is the product itself.
      let own = component.match(package, purl)
      if own == .other, component.mayBeImage { return .obstacle(.otherProduct(component.title)) }
      return relation(own, component) ?? .meant
    }
  }

  /// Nil for what is meant.
  private static func relation(_ match: VEXComponent.Match, _ component: VEXComponent) -> Relation? {
    if match == .other { return .otherPackage(component.title) }
    return obstacle(match).map { .obstacle($0) }
  }

  private static func obstacle(_ match: VEXComponent.Match) -> Obstacle? {
    switch match {
    case .meant, .other: nil
    case .otherVersion(let text): .otherVersion(text)
    case .openVersion(let text): .openVersion(text)
    case .contradictory(let text): .contradictory(text)
    case .unverified(let text): .unverified(text)
    }
  }
}
