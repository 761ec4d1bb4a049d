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

  package var packages: [SoftwarePackage] = []
  package var owned: [Owned] = []
  /// Why packages of the file may be missing: it is broken, cut off, or beyond a limit. Their places are the file's path.
  package private(set) var problems: [Problem] = []

  package init(_ packages: [SoftwarePackage] = []) { self.packages = packages }

  package mutating func add(_ other: Extraction) {
    packages += other.packages
    owned += other.owned
    problems += other.problems
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

  /// The packages of a file that is one JSON document.
  static func json(
    _ bytes: [UInt8], _ path: String, _ body: (DocumentNode) -> [SoftwarePackage]
  ) -> Extraction {
    var found = Extraction()
    do throws(DocumentError) {
      found.packages = body(try JSONReader.read(bytes))
    } catch {
      found.note(error, path)
    }
    return found
  }

  /// The packages of the documents of a YAML file.
  static func yaml(
    _ bytes: [UInt8], _ path: String, _ body: (DocumentNode) -> [SoftwarePackage]
  ) -> Extraction {
    let stream = YAMLReader.readStream(bytes)
    var found = Extraction(stream.documents.flatMap(body))
    for error in stream.errors { found.note(error, path) }
    return found
  }
}

extension Problem.Code {
  /// A file that tells of packages and is not what its name says, or is cut off.
  static let broken = Problem.Code(rawValue: "broken-package-file")
  /// A file, or what lies in it, that is larger or deeper than is read.
  static let limit = Problem.Code(rawValue: "limit")
}
