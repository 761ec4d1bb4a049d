import Bytes
package import Findings
package import Images
import Transport

/// Reads advisories from their published form: folders of `ECOSYSTEM/all.zip` like OSV's public bucket, on disk or
/// behind a URL; single archives; documents in any supported format, and folders of them.
package enum AdvisoryCollection {
  /// The bytes of one file, on disk or behind a URL.
  package static func bytes(_ name: String, _ download: Download) async throws -> [UInt8] {
    guard name.hasPrefix("https://") || name.hasPrefix("http://") else { return try FileReader.read(name) }
    do throws(BartizanError) {
      return try await download.get(name)
    } catch {
      throw BartizanError(.remote, "\(HTTPURL.withoutPassword(name)): \(error.message)")
    }
  }

  /// What was read, before a store is built of it. `records` counts the records of each source.
  package struct Outcome: Sendable {
    package var builder = AdvisoryStoreBuilder()
    package var sources: [(name: String, records: Int)] = []
    package var problems: [Problem] = []
    /// Archives that somebody named and of which nothing could be read.
    package var unread: [String] = []
  }

  /// The ecosystems to fetch from a URL when the user names none.
  package static let usual = [
    "AlmaLinux", "Alpine", "Chainguard", "crates.io", "Debian", "Go", "Hex", "Maven", "npm", "NuGet", "Packagist",
    "Pub",
    "PyPI", "Red Hat", "Rocky Linux", "RubyGems", "SUSE", "SwiftURL", "Ubuntu", "Wolfi",
  ]

  /// - Parameters:
  ///   - source: a folder, a `.zip` or `.json` file, or the URL of a folder.
  ///   - ecosystems: the ones to read; empty for all in a folder, or the usual ones of a URL.
  ///   - download: fetches what is behind a URL.
  ///   - progress: called with the number of finished archives and of all.
  /// - Throws: when nothing of the source can be used.
  package static func read(
    _ source: String, ecosystems: [String], download: Download,
    progress: @escaping @Sendable (Int, Int) -> Void
  ) async throws -> Outcome {
    let isURL = source.hasPrefix("http://") || source.hasPrefix("https://")
    let names: [(name: String, path: String)]
    if isURL {
      // An archive holds all releases of its ecosystem.
      var seen = Set<String>()
      names = (ecosystems.isEmpty ? usual : ecosystems.map { Ecosystem($0).name }).filter { seen.insert($0).inserted }
        .map { ecosystem in
          (ecosystem, below(source, escaped(ecosystem) + "/all.zip"))
        }
    } else {
      names = try archives(source, ecosystems)
    }
    var outcome = Outcome()
    let parts = await Parallel.map(Array(names.indices), width: Processors.count, progress: progress) { index in
      await archive(names[index].path, isURL ? download : nil)
    }
    for (place, part) in zip(names, parts) {
      outcome.builder.add(part.0)
      outcome.sources.append((place.name, part.0.count))
      if !ecosystems.isEmpty, part.0.count == 0, !part.1.isEmpty { outcome.unread.append(place.name) }
      outcome.problems += part.1
    }
    return outcome
  }

  /// The URL of a file below another: before its query, which may be the signature for all of them.
  package static func below(_ url: String, _ path: String) -> String {
    let query = url.firstIndex { $0 == "?" || $0 == "#" } ?? url.endIndex
    var base = url[..<query]
    while base.hasSuffix("/"), !base.hasSuffix("//") { base = base.dropLast() }
    return base + "/" + path + url[query...]
  }

  private static func escaped(_ text: String) -> String { text.replacing(" ", with: "%20") }

  private static func archives(
    _ source: String, _ ecosystems: [String]
  ) throws(BartizanError) -> [(name: String, path: String)] {
    guard FilePaths.exists(source) else { throw BartizanError(.input, "\(source): no such file or folder") }
    guard FilePaths.isFolder(source) else { return [(source, source)] }
    var found: [(name: String, path: String)] = []
    var missing = Set(ecosystems)
    for folder in FilePaths.names(in: source) ?? [] where FilePaths.isFolder(source + "/" + folder) {
      let path = source + "/" + folder + "/all.zip"
      guard FilePaths.exists(path) else { continue }
      let answered = ecosystems.filter { $0 == folder || Ecosystem($0).name == folder }
      guard ecosystems.isEmpty || !answered.isEmpty else { continue }
      missing.subtract(answered)
      found.append((folder, path))
    }
    if found.isEmpty, FilePaths.exists(source + "/all.zip") { found = [(source, source + "/all.zip")] }
    // Other formats are folders of documents, often one folder per release.
    if found.isEmpty, ecosystems.isEmpty { found = documents(source).map { ($0, $0) } }
    guard !found.isEmpty else {
      throw BartizanError(
        .input,
        "\(source): no ECOSYSTEM/all.zip and no document below it\(ecosystems.isEmpty ? "" : " for \(ecosystems.joined(separator: ", "))")"
      )
    }
    // A store without one of them would be silent about it.
    guard missing.isEmpty || found.contains(where: { $0.name == source }) else {
      throw BartizanError(.input, "\(source): no archive for \(missing.sorted().joined(separator: ", "))")
    }
    return found
  }

  private static func documents(_ folder: String, depth: Int = 0) -> [String] {
    guard depth < 4 else { return [] }
    return (FilePaths.names(in: folder) ?? []).flatMap { name -> [String] in
      let path = folder + "/" + name
      if FilePaths.isFolder(path) { return documents(path, depth: depth + 1) }
      return [".json", ".yaml", ".yml", ".json.gz"].contains { name.hasSuffix($0) } ? [path] : []
    }
  }

  private static func archive(_ path: String, _ download: Download?) async -> (AdvisoryStoreBuilder, [Problem]) {
    do throws(BartizanError) {
      let bytes = if let download { try await download.get(path) } else { try FileReader.read(path) }
      return records(bytes, path)
    } catch {
      return (AdvisoryStoreBuilder(), [problem(path, error.message)])
    }
  }

  /// All records of an archive, or of a document with one or several.
  private static func records(_ bytes: [UInt8], _ path: String) -> (AdvisoryStoreBuilder, [Problem]) {
    var builder = AdvisoryStoreBuilder()
    // An archive without a member begins with its end.
    if bytes.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
      return (builder, [problem(path, "an archive with nothing in it")])
    }
    guard ZipReader.isZip(bytes) else {
      let plain: [UInt8]
      do throws(DocumentError) {
        plain = Gzip.isGzip(bytes) ? try Gzip.decompress(bytes) : bytes
      } catch {
        return (builder, [problem(path, error.message)])
      }
      let stream = DocumentReader.read(plain)
      var problems = stream.errors.map { problem(path, $0.message) }
      for document in stream.documents {
        if let advisories = AdvisoryFormats.read(document) {
          for advisory in advisories { builder.add(advisory) }
        } else if problems.count < problemLimit {
          problems.append(
            problem(path, "not of a known kind (\(AdvisoryFormats.all.map(\.name).joined(separator: ", ")))"))
        }
      }
      if stream.documents.isEmpty, problems.isEmpty { problems.append(problem(path, "nothing stands in it")) }
      return (builder, problems)
    }
    var problems: [Problem] = []
    do throws(DocumentError) {
      let archive = try ZipReader(bytes)
      if !archive.members.contains(where: { $0.name.hasSuffix(".json") }) {
        problems.append(problem(path, "an archive without a record in it"))
      }
      for member in archive.members where member.name.hasSuffix(".json") {
        do throws(DocumentError) {
          let content = try archive.content(member)
          if let advisory = try record(content) {
            builder.add(advisory)
          } else if problems.count < problemLimit {
            problems.append(problem("\(path)!\(member.name)", "not an OSV record"))
          }
        } catch {
          if problems.count < problemLimit { problems.append(problem("\(path)!\(member.name)", error.message)) }
        }
      }
    } catch {
      problems.append(problem(path, error.message))
    }
    return (builder, problems)
  }

  private static let problemLimit = 50

  private static func record(_ bytes: [UInt8]) throws(DocumentError) -> Advisory? {
    // Details are kept: a record without a summary is shown by the beginning of them.
    let unread = ["references", "database_specific", "credits"]
    return Advisory(try JSONReader.readMessage(bytes.span, dropping: unread))
  }

  private static func problem(_ file: String, _ message: String) -> Problem {
    Problem(code: "advisory", location: Location(file: HTTPURL.withoutPassword(file)), message: message)
  }
}
