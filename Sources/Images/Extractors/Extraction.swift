import Bytes
package import Findings

/// What one file tells of packages.
package struct Extraction: Sendable {
  /// A file that a package of the distribution brought.
  package struct Owned: Sendable, Hashable {
    /// From the root, without a leading slash.
    package let path: String
    /// The name of the package.
    package let owner: String

    package init(path: String, owner: String) {
      self.path = path
      self.owner = owner
    }
  }

  /// What the list of a package's files says of it.
  package struct Trait: Sendable, Hashable {
    /// The package.
    package let name: String
    package var holdsNoCode = false
    package var isAddOn = false
    /// As a file beside the database says.
    package var licenses: [String] = []

    /// What two files say of one package.
    package mutating func formUnion(_ other: Trait) {
      holdsNoCode = holdsNoCode || other.holdsNoCode
      isAddOn = isAddOn || other.isAddOn
      if !other.licenses.isEmpty { licenses = other.licenses }
    }
  }

  package var packages: [SoftwarePackage] = []
  package var owned: [Owned] = []
  /// What lists of files say of packages whose entries stand in another file.
  package var traits: [Trait] = []
  /// Why packages of the file may be missing: it is broken, cut off, or beyond a limit. Their places are the file's path.
  package private(set) var problems: [Problem] = []
  /// Dependencies that the file names and does not tell the version of.
  package private(set) var unresolved: [UnresolvedDependency] = []
  /// What the project of a manifest calls itself, with its ecosystem before it and a blank between.
  package var project: String?

  /// Names by which parts of a workspace ask for packages, with the names of those.
  package var renamed: [String: String] = [:]
  /// How many packages were left out since only development or tests need them.
  package var leftOut = 0

  package init(_ packages: [SoftwarePackage] = []) { self.packages = packages }

  package mutating func add(_ other: Extraction) {
    packages += other.packages
    owned += other.owned
    traits += other.traits
    problems += other.problems
    unresolved += other.unresolved
  }

  /// Takes a dependency of which the file does not tell the version.
  ///
  /// - Parameters:
  ///   - detail: what stands in the version's place.
  ///   - line: from 1; 0 where none is known.
  mutating func leave(
    _ name: String, _ reason: UnresolvedDependency.Reason, _ detail: String = "", in ecosystem: String, _ path: String,
    line: Int = 0
  ) {
    unresolved.append(
      UnresolvedDependency(
        ecosystem: ecosystem, name: name.isEmpty ? "a dependency" : name, reason: reason, detail: detail, path: path,
        line: line))
  }

  /// Ecosystems in which branches and dates are versions that nothing can be compared with.
  private static let withOtherVersions = ["Packagist", "ConanCenter"]

  /// Takes packages whose versions are none from the packages: a range or a tag says of no version that it is used.
  mutating func settle(_ path: String) {
    var kept: [SoftwarePackage] = []
    for package in packages {
      if Self.withOtherVersions.contains(package.ecosystem.name)
        || package.ecosystem.order?.isVersion(package.version) ?? true
      {
        kept.append(package)
      } else {
        leave(
          package.name, package.version.isEmpty ? .missing : .unreadable, package.version, in: package.ecosystem.name,
          path)
      }
    }
    if kept.count < packages.count { packages = kept }
  }

  /// Says that the file cannot be read in full.
  ///
  /// - Parameters:
  ///   - path: of the file, or of what lies within it.
  ///   - line: from 1; 0 where none is known.
  mutating func note(_ reason: String, _ path: String, line: Int = 0, code: Problem.Code = .broken) {
    problems.append(
      Problem(
        code: code, location: Location(file: path, line: line),
        message: "cannot be read in full (\(reason)); packages may be missing"))
  }

  mutating func note(_ error: DocumentError, _ path: String) {
    note(error.message, path, line: error.line, code: Problem.Code(rawValue: error.code.rawValue))
  }

  /// Takes the files of a package of the distribution.
  ///
  /// - Parameter paths: from the root, without a leading slash.
  mutating func own(_ paths: [String], by owner: String) {
    owned += paths.map { Owned(path: $0, owner: owner) }
    let trait = Trait(
      name: owner, holdsNoCode: FileList.holdsNoCode(paths), isAddOn: FileList.isAddOn(paths))
    if trait.holdsNoCode || trait.isAddOn { traits.append(trait) }
  }

  /// Why a file of which every line is well-formed is none that its reader knows: it may list packages in another way.
  private static let unknownForm = "nothing in it is what such a file holds; it may be of a format that is not known"

  /// Says that the file was cut off, if it ends within a line: the programs that write such files end each one.
  mutating func noteOpenEnd(_ bytes: [UInt8], _ path: String) {
    if let last = bytes.last, last != 0x0A { note("it ends within a line", path) }
  }

  /// Says that nothing stands in a file that holds something even where there are no packages.
  mutating func noteBlank(_ bytes: [UInt8], _ path: String) {
    if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) { noteUnknownForm(path) }
  }

  /// Says that the file is not of the form that its name stands for.
  mutating func noteUnknownForm(_ path: String) { note(Self.unknownForm, path) }

  /// What a file says that is one JSON document.
  ///
  /// - Parameters:
  ///   - isKnown: whether it has what every such file has, so that none of its packages is overlooked.
  ///   - body: puts what the document says into the extraction.
  static func json(
    _ bytes: [UInt8], _ path: String, isKnown: (DocumentNode) -> Bool = { _ in true },
    _ body: (DocumentNode, inout Extraction) -> Void
  ) -> Extraction {
    var found = Extraction()
    do throws(DocumentError) {
      let document = try JSONReader.read(bytes)
      body(document, &found)
      if !isKnown(document) { found.noteUnknownForm(path) }
    } catch {
      found.note(error, path)
    }
    return found
  }

  /// What the documents of a YAML file say.
  ///
  /// - Parameters:
  ///   - isKnown: whether a document has what every such file has.
  ///   - body: puts what a document says into the extraction.
  static func yaml(
    _ bytes: [UInt8], _ path: String, isKnown: (DocumentNode) -> Bool = { _ in true },
    _ body: (DocumentNode, inout Extraction) -> Void
  ) -> Extraction {
    let stream = YAMLReader.readStream(bytes)
    var found = Extraction()
    for document in stream.documents { body(document, &found) }
    if stream.errors.isEmpty { found.noteOpenEnd(bytes, path) }
    if stream.errors.isEmpty, !stream.documents.contains(where: isKnown) { found.noteUnknownForm(path) }
    for error in stream.errors { found.note(error, path) }
    return found
  }
}

extension DocumentNode {
  /// Whether it is a table of keys and values.
  var isObject: Bool { if case .object = content { true } else { false } }
}

extension Problem.Code {
  /// A file that tells of packages and is not what its name says, or is cut off.
  static let broken = Problem.Code(rawValue: "broken-package-file")
  /// A file, or what lies in it, that is larger or deeper than is read.
  static let limit = Problem.Code(rawValue: "limit")
}
