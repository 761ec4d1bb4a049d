package import Bytes
import Findings

/// Parses the bytes of one file or archive into objects and problems.
package enum ManifestReader {
  /// File name extensions of manifests, in lower case. Other members of an archive are skipped.
  package static let extensions: Set<String> = ["yaml", "yml", "json"]

  /// Names that make a folder a kustomization, of which the file in it is no object.
  package static let kustomizationNames: Set<String> = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

  /// Whether a document in a file of such a name is an object all the same, as a Kustomization of Flux.
  private static func isObject(_ document: DocumentNode) -> Bool {
    guard let version = document["apiVersion"]?.text, document["kind"] != nil else { return false }
    return !version.hasPrefix("kustomize.config.k8s.io/")
  }

  /// - Parameters:
  ///   - bytes: YAML, JSON, a stream of either, or a tar archive of such files, with or without gzip.
  ///   - file: the name that problems and objects refer to. A member of an archive is `FILE!MEMBER`.
  ///   - hasLines: whether lines of the bytes are lines of the file; where a program made them of it, they are not.
  package static func read(
    _ bytes: [UInt8], file: String, hasLines: Bool = true, into builder: inout ClusterSnapshot.Builder, limits: Limits
  ) {
    do {
      let plain = Gzip.isGzip(bytes) ? try Gzip.decompress(bytes, limits: limits) : bytes
      guard TarReader.isTar(plain) else {
        add(DocumentReader.read(plain, limits: limits), file: file, hasLines: hasLines, into: &builder)
        return
      }
      let archive = TarReader(plain, limits: limits)
      for error in archive.errors { builder.add(problem(error, file: file)) }
      let charts = charts(in: archive)
      for chart in charts {
        builder.add(
          Problem(
            code: "not-rendered", location: Location(file: "\(file)!\(chart.dropLast())"),
            message:
              "a Helm chart in an archive, which is not rendered; unpack it, or scan the output of `helm template`"))
      }
      var kustomizations: [String] = []
      for member in archive.members {
        let suffix = member.name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        let isNamed = member.name.split(separator: "/").last.map { kustomizationNames.contains(String($0)) } ?? false
        guard isNamed || extensions.contains(suffix), !charts.contains(where: { isPart(member.name, of: $0) }) else {
          continue
        }
        let stream = DocumentReader.read(Array(plain[member.bytes]), limits: limits)
        if isNamed, !stream.documents.contains(where: isObject) {
          kustomizations.append(member.name)
        } else {
          add(stream, file: "\(file)!\(member.name)", hasLines: true, into: &builder)
        }
      }
      if let first = kustomizations.min() {
        let count = kustomizations.count
        builder.add(
          Problem(
            code: "not-rendered", location: Location(file: "\(file)!\(first)"),
            message:
              "\(Phrase.count(count, "kustomization")) in an archive, which \(Phrase.noun(count, "is", "are")) not rendered; unpack it, or scan the output of `kubectl kustomize`"
          ))
      }
    } catch {
      builder.add(problem(error, file: file))
    }
  }

  /// Whether the bytes are a chart as `helm package` makes it: a tar archive of one folder.
  package static func holdsChart(_ bytes: [UInt8], limits: Limits) -> Bool {
    guard Gzip.isGzip(bytes), let plain = try? Gzip.decompress(bytes, limits: limits), TarReader.isTar(plain) else {
      return false
    }
    let archive = TarReader(plain, limits: limits)
    let charts = charts(in: archive)
    return charts.count == 1 && charts[0].dropLast().allSatisfy { $0 != "/" }
      && archive.members.allSatisfy { $0.name.hasPrefix(charts[0]) }
  }

  /// The outermost folders of charts in an archive, each with a slash at the end.
  private static func charts(in archive: TarReader) -> [String] {
    let names = Set(archive.members.map(\.name))
    let folders = names.filter { $0.hasSuffix("/Chart.yaml") }.map { String($0.dropLast("Chart.yaml".count)) }
      .filter { folder in names.contains { $0.hasPrefix(folder + "templates/") } }
    return folders.filter { folder in !folders.contains { $0 != folder && folder.hasPrefix($0) } }.sorted()
  }

  /// Whether a file means nothing before the chart is rendered.
  private static func isPart(_ name: String, of chart: String) -> Bool {
    guard name.hasPrefix(chart) else { return false }
    let rest = name.dropFirst(chart.count)
    return ["templates/", "charts/", "Chart.yaml", "values"].contains { rest.hasPrefix($0) }
  }

  private static func add(
    _ stream: DocumentStream, file: String, hasLines: Bool, into builder: inout ClusterSnapshot.Builder
  ) {
    for error in stream.errors {
      var problem = problem(error, file: file)
      if !hasLines { problem = Problem(code: problem.code, location: Location(file: file), message: problem.message) }
      builder.add(problem)
    }
    for document in stream.documents { builder.add(hasLines ? document : document.withoutPlaces, file: file) }
  }

  private static func problem(_ error: DocumentError, file: String) -> Problem {
    Problem(
      code: Problem.Code(rawValue: error.code.rawValue),
      location: Location(file: file, line: error.line, column: error.column), message: error.message)
  }
}
