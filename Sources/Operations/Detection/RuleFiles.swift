import Bytes
import Collect
package import Detect
import Findings
import Kube
import Transport

/// Reads rules from files and folders.
package enum RuleFiles {
  /// - Parameters:
  ///   - paths: files and folders of Sigma and Falco rules; later ones take the place of earlier ones with the same id.
  ///   - pipelines: files of processing pipelines.
  ///   - indicators: files of indicators.
  ///   - includesBuiltIn: whether the rules that come with the program are among them.
  ///   - today: `YYYY-MM-DD`, for exceptions that expire.
  /// - Throws: `BartizanError` for a path that cannot be read, a folder without rules, and a broken pipeline.
  package static func load(
    _ paths: [String], pipelines: [String] = [], indicators: [String] = [], includesBuiltIn: Bool, today: String
  ) throws -> RuleSet {
    var sources = includesBuiltIn ? BuiltInRules.sources : []
    for path in paths { sources += try read(path).filter { !isTest($0.path) } }
    for path in indicators { sources.append(try self.indicators(path)) }
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

  /// Maximum number of indicators of a file, and their length in bytes. The shortest are in every log.
  private static let mostIndicators = 50_000
  private static let indicatorBytes = 3...1_000

  /// A rule for each line of a file of indicators: it matches events that contain the line as whole words.
  private static func indicators(_ path: String) throws -> RuleSet.Source {
    let bytes = try FileReader.named(path, limits: .standard)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw BartizanError(.input, "\(path): not UTF-8") }
    var seen: Set<Substring> = []
    var rules: [UInt8] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      guard let first = line.firstIndex(where: { !$0.isWhitespace }), line[first] != "#" else { continue }
      let last = line.lastIndex { !$0.isWhitespace } ?? first
      let indicator = line[first...last]
      guard indicatorBytes.contains(indicator.utf8.count) else {
        throw BartizanError(
          .input,
          "\(path):\(index + 1): an indicator has from \(indicatorBytes.lowerBound) to \(indicatorBytes.upperBound) bytes"
        )
      }
      guard seen.insert(indicator).inserted else { continue }
      guard seen.count <= mostIndicators else {
        throw BartizanError(.input, "\(path): more than \(mostIndicators) indicators")
      }
      // A rule in JSON, which is YAML. A word ends where no letter, digit or joining character follows.
      var writer = JSONWriter(pretty: false)
      writer.object { writer in
        writer.field("title", "Indicator \(indicator)")
        writer.field("id", "indicator-" + Fingerprint([String(indicator)]).text.prefix(16))
        writer.field("level", "high")
        writer.key("logsource")
        writer.object { _ in }
        writer.key("detection")
        writer.object { writer in
          writer.key("keywords")
          writer.array { $0.value(sigma(indicator)) }
          writer.key("word")
          writer.object { $0.field("|re", "(?i)(?:^|[^0-9A-Za-z_])" + escaped(indicator) + "(?:[^0-9A-Za-z_]|$)") }
          writer.field("condition", "keywords and word")
        }
      }
      if !rules.isEmpty { rules += Array("---\n".utf8) }
      rules += writer.bytes + [0x0A]
    }
    guard !rules.isEmpty else { throw BartizanError(.input, "\(path): no indicators; wanted is one a line") }
    return RuleSet.Source(path: path, bytes: rules)
  }

  /// A text as Sigma writes it: without wildcards. It finds where the expression is worth a try.
  private static func sigma(_ text: Substring) -> String {
    text.reduce(into: "") { output, character in
      if character == "*" || character == "?" || character == "\\" { output.append("\\") }
      output.append(character)
    }
  }

  private static func escaped(_ text: Substring) -> String {
    text.reduce(into: "") { output, character in
      if character.isASCII, !character.isLetter, !character.isNumber { output.append("\\") }
      output.append(character)
    }
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

  /// Folders of a repository that are about its host, whose files are no rules.
  private static let hosts: Set<String> = [".github", ".gitlab", ".circleci"]

  private static func walk(_ folder: String, depth: Int, _ files: inout [String]) throws {
    let limits = Limits.standard
    guard depth < limits.directoryDepth else { throw BartizanError(.input, "\(folder): folders are nested too deeply") }
    guard let names = FilePaths.names(in: folder) else { throw BartizanError(.input, "\(folder): cannot be read") }
    for name in names {
      let path = folder + "/" + name
      if FilePaths.isFolder(path) {
        guard !ManifestName.toolFolders.contains(name), !hosts.contains(name) else { continue }
        try walk(path, depth: depth + 1, &files)
      } else if [".yml", ".yaml"].contains(where: { name.lowercased().hasSuffix($0) }) {
        guard files.count < limits.files else {
          throw BartizanError(.input, "\(folder): more than \(limits.files) files")
        }
        files.append(path)
      }
    }
  }
}
