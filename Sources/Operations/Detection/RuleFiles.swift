import Bytes
import Collect
package import Detect
import Findings
import Transport

/// Reads rules from files and folders.
package enum RuleFiles {
  /// - Parameters:
  ///   - paths: files and folders of Sigma and Falco rules; later ones take the place of earlier ones with the same id.
  ///   - pipelines: files of processing pipelines.
  ///   - includesBuiltIn: whether the rules that come with the program are among them.
  ///   - today: `YYYY-MM-DD`, for exceptions that expire.
  /// - Throws: `BartizanError` for a path that cannot be read, a folder without rules, and a broken pipeline.
  package static func load(
    _ paths: [String], pipelines: [String] = [], includesBuiltIn: Bool, today: String
  ) throws -> RuleSet {
    var sources = includesBuiltIn ? BuiltInRules.sources : []
    for path in paths { sources += try read(path).filter { !isTest($0.path) } }
    var made: [SigmaPipeline] = []
    for path in pipelines {
      let stream = DocumentReader.read(try FileReader.named(path, limits: .standard))
      if let error = stream.errors.first { throw BartizanError(error, in: path) }
      for node in stream.documents {
        do throws(RuleError) {
          made.append(try SigmaPipeline(node, file: path))
        } catch {
          throw BartizanError(.input, error.text)
        }
      }
    }
    return RuleSet(sources, pipelines: made, today: today)
  }

  /// Unit tests of rules: files named like their rule, with `.test.yml` at the end.
  package static func tests(_ paths: [String], includesBuiltIn: Bool) throws -> [RuleSet.Source] {
    var sources = includesBuiltIn ? BuiltInRules.tests : []
    for path in paths { sources += try read(path).filter { isTest($0.path) } }
    return sources
  }

  /// Runs unit tests; a file without `rule` tests the rule whose file it is named like.
  package static func run(_ sources: [RuleSet.Source], _ set: RuleSet) -> [RuleTests.Result] {
    let ids = Dictionary(set.infos.map { (stem($0.location.file), $0.id) }) { first, _ in first }
    return sources.flatMap { source in
      let name = stem(source.path)
      return RuleTests.run(source, rule: ids[name] ?? name, set)
    }
  }

  /// The name of a file without its folder and endings.
  private static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return String(name.prefix { $0 != "." })
  }

  package static func isTest(_ path: String) -> Bool { path.hasSuffix(".test.yml") || path.hasSuffix(".test.yaml") }

  /// The files of a folder, or the file.
  private static func read(_ path: String) throws -> [RuleSet.Source] {
    guard FilePaths.isFolder(path) else {
      return [RuleSet.Source(path: path, bytes: try FileReader.named(path, limits: .standard))]
    }
    var files: [String] = []
    try walk(path, depth: 0, &files)
    guard !files.isEmpty else { throw BartizanError(.input, "\(path): no rules (.yml, .yaml) in this folder") }
    return try files.map { RuleSet.Source(path: $0, bytes: try FileReader.named($0, limits: .standard)) }
  }

  private static func walk(_ folder: String, depth: Int, _ files: inout [String]) throws {
    let limits = Limits.standard
    guard depth < limits.directoryDepth else { throw BartizanError(.input, "\(folder): folders are nested too deeply") }
    guard let names = FilePaths.names(in: folder) else { throw BartizanError(.input, "\(folder): cannot be read") }
    for name in names where !name.hasPrefix(".") {
      let path = folder + "/" + name
      if FilePaths.isFolder(path) {
        try walk(path, depth: depth + 1, &files)
      } else if name.hasSuffix(".yml") || name.hasSuffix(".yaml") {
        guard files.count < limits.files else {
          throw BartizanError(.input, "\(folder): more than \(limits.files) files")
        }
        files.append(path)
      }
    }
  }
}
