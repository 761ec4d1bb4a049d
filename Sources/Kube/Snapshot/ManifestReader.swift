package import Bytes
import Findings

/// Parses the bytes of one file or archive into objects and problems.
package enum ManifestReader {
  /// Names that make a folder a kustomization, of which the file in it is no object.
  package static let kustomizationNames: Set<String> = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

  /// Whether a document in a file of such a name is an object all the same, as a Kustomization of Flux.
  private static func isObject(_ document: DocumentNode) -> Bool {
    guard let version = document["apiVersion"]?.text, document["kind"] != nil else { return false }
    return !version.hasPrefix("kustomize.config.k8s.io/")
  }

  /// Most archives that stand in one another.
  private static let mostNested = 4

  /// - Parameters:
  ///   - bytes: YAML, JSON, a stream of either, or a tar or ZIP archive of such files, packed by gzip or Zstandard or not.
  ///   - file: the name that problems and objects refer to. A member of an archive is `FILE!MEMBER`.
  ///   - hasLines: whether lines of the bytes are lines of the file; where a program made them of it, they are not.
  package static func read(
    _ bytes: [UInt8], file: String, hasLines: Bool = true, into builder: inout ClusterSnapshot.Builder, limits: Limits
  ) {
    var reading = Reading(limits: limits, room: limits.archiveBytes)
    reading.read(bytes, file: file, hasLines: hasLines, depth: 0, into: &builder)
  }

  /// The reading of one file, with all archives in it.
  private struct Reading {
    let limits: Limits
    /// Bytes that may still be unpacked.
    var room: Int

    mutating func read(
      _ bytes: [UInt8], file: String, hasLines: Bool, depth: Int, into builder: inout ClusterSnapshot.Builder
    ) {
      do {
        let plain = try unpacked(bytes)
        if TarReader.isTar(plain) {
          let archive = TarReader(plain, limits: limits)
          for error in archive.errors { builder.add(problem(error, file: file)) }
          for problem in ManifestReader.problems(links: archive, file: file) { builder.add(problem) }
          let members = archive.members.map { member in
            Member(name: member.name, size: member.bytes.count) { _ in Array(plain[member.bytes]) }
          }
          read(members, file: file, depth: depth, into: &builder)
        } else if ZipReader.isZip(plain) {
          let archive = try ZipReader(plain, limits: limits)
          if !archive.isWhole {
            builder.add(problem(DocumentError(.archive, "a ZIP archive whose list of members is cut off"), file: file))
          }
          let members = archive.members.filter { !$0.name.hasSuffix("/") }.map { member in
            Member(name: TarEntry.normalized(member.name), size: member.size) { reading throws(DocumentError) in
              guard !member.isLink else {
                throw DocumentError(.special, "a link; links are not followed, add the file itself")
              }
              guard member.size <= reading.room else { throw Self.overfull }
              let content = try archive.content(member)
              reading.room -= content.count
              return content
            }
          }
          read(members, file: file, depth: depth, into: &builder)
        } else {
          add(DocumentReader.read(plain, limits: limits), file: file, hasLines: hasLines, into: &builder)
        }
      } catch {
        builder.add(problem(error, file: file))
      }
    }

    private static let overfull = DocumentError(
      .archive, "it expands to more than is read of one archive; unpack it, and name the part that matters")

    private mutating func unpacked(_ bytes: [UInt8]) throws(DocumentError) -> [UInt8] {
      guard Gzip.isGzip(bytes) || Zstandard.isZstandard(bytes) else { return bytes }
      var own = limits
      own.archiveBytes = room
      let plain =
        try Gzip.isGzip(bytes) ? Gzip.decompress(bytes, limits: own) : Zstandard.decompress(bytes, limits: own)
      room -= plain.count
      return plain
    }

    /// A regular file of an archive.
    private struct Member {
      let name: String
      /// In bytes, as the archive claims.
      let size: Int
      let content: (inout Reading) throws(DocumentError) -> [UInt8]
    }

    private mutating func read(
      _ members: [Member], file: String, depth: Int, into builder: inout ClusterSnapshot.Builder
    ) {
      let charts = ManifestReader.charts(members.map(\.name))
      for chart in charts {
        builder.add(
          Problem(
            code: "not-rendered", location: Location(file: "\(file)!\(chart.dropLast())"),
            message:
              "a Helm chart in an archive, which is not rendered; unpack it, or scan the output of `helm template`"))
      }
      var kustomizations: [String] = []
      var passedOver: [String] = []
      var toolFolders: Set<String> = []
      for member in members {
        if charts.contains(where: { isPart(member.name, of: $0) }) { continue }
        if let folder = ManifestName.toolFolder(in: member.name) {
          toolFolders.insert(folder)
          continue
        }
        let inner = "\(file)!\(member.name)"
        let isNamed = member.name.split(separator: "/").last.map { kustomizationNames.contains(String($0)) } ?? false
        let kind = isNamed ? .manifest : ManifestName(member.name)
        if kind == .packed {
          builder.add(Problem(code: "packed", location: Location(file: inner), message: ManifestName.packedMessage))
        }
        let isOther = kind == .other && ManifestName.mayHold(member.name) && member.size <= ManifestName.mostOther
        guard kind == .manifest || kind == .archive || isOther else { continue }
        guard kind != .archive || depth < mostNested else {
          builder.add(
            Problem(
              code: "too-deep", location: Location(file: inner),
              message: "an archive in \(mostNested) others, which was not read; unpack it"))
          continue
        }
        let content: [UInt8]
        do throws(DocumentError) {
          content = try member.content(&self)
        } catch {
          if !isOther { builder.add(problem(error, file: inner)) }
          continue
        }
        if isOther {
          if ManifestName.looksLikeManifests(content) { passedOver.append(member.name) }
          continue
        }
        if ManifestName.isForeign(content, member.name) { continue }
        guard isNamed else {
          read(content, file: inner, hasLines: true, depth: kind == .archive ? depth + 1 : mostNested, into: &builder)
          continue
        }
        let stream = DocumentReader.read(content, limits: limits)
        if stream.documents.contains(where: isObject) {
          add(stream, file: inner, hasLines: true, into: &builder)
        } else {
          kustomizations.append(member.name)
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
      if let first = passedOver.min() {
        builder.add(
          Problem(
            code: "passed-over", location: Location(file: "\(file)!\(first)"),
            message: ManifestName.message(passedOver: passedOver.count, "in the archive"), hidesInput: false))
      }
      if let message = ManifestName.message(toolFolders: toolFolders) {
        builder.add(
          Problem(code: "tool-folders", location: Location(file: file), message: message, hidesInput: false))
      }
    }
  }

  /// What links of an archive hide: one within it leads to what is read in its own place, or to nothing.
  private static func problems(links archive: TarReader, file: String) -> [Problem] {
    guard !archive.links.isEmpty else { return [] }
    let names = Set(archive.members.map(\.name))
    return archive.links.compactMap { link in
      if ManifestName.toolFolder(in: link.name) != nil { return nil }
      if let place = link.place {
        let kind = ManifestName(link.name)
        if kind == .other || names.contains(place) && ManifestName(place) == kind { return nil }
      }
      return problem(
        DocumentError(
          .special,
          "member \"\(link.name)\" is a link to \"\(link.target)\"; links are not followed, add the file itself"),
        file: file)
    }
  }

  /// Whether the bytes are a chart as `helm package` makes it: a tar archive of one folder.
  package static func holdsChart(_ bytes: [UInt8], limits: Limits) -> Bool {
    guard Gzip.isGzip(bytes), let plain = try? Gzip.decompress(bytes, limits: limits), TarReader.isTar(plain) else {
      return false
    }
    let archive = TarReader(plain, limits: limits)
    let charts = charts(archive.members.map(\.name))
    return charts.count == 1 && charts[0].dropLast().allSatisfy { $0 != "/" }
      && archive.members.allSatisfy { $0.name.hasPrefix(charts[0]) }
  }

  /// The outermost folders of charts in an archive, each with a slash at the end.
  private static func charts(_ members: [String]) -> [String] {
    let names = Set(members)
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
