import Bytes

extension PackageExtractor {
  /// Java: jars, and archives that hold jars, with `pom.properties` of Maven before the manifest before the file's name.
  static let javaArchive = PackageExtractor(
    name: "Java archive",
    matches: .ending(["jar", "war", "ear", "jpi", "hpi", "par"]),
    extract: { bytes, path in
      var archive = JavaArchive()
      archive.read(bytes, path, depth: 0)
      var found = archive.found
      var seen = Set<SoftwarePackage>()
      found.packages = found.packages.filter { seen.insert($0).inserted }
      return found
    })
}

/// The packages of one Java archive and of those within it, by their `pom.properties` before their `pom.xml` before what else they
/// say of themselves.
///
/// Source: maven.apache.org, "Maven Archiver", and the JAR file specification.
struct JavaArchive {
  private(set) var found = Extraction()
  /// Bytes that may still be unpacked, from all archives within each other: many members may share their data, and each of them
  /// would be unpacked anew.
  private var bytesLeft: Int

  /// Archives within archives, as far as they are followed.
  private static let maximumDepth = 5
  private static let maximumPackages = 10_000
  /// Largest `pom.properties` and `MANIFEST.MF`, in bytes.
  private static let maximumDescription = 4 << 20

  init(limits: Limits = .standard) { bytesLeft = limits.archiveBytes }

  private mutating func content(
    _ member: ZipReader.Member, of zip: ZipReader, _ path: String, maximumBytes: Int = .max
  ) -> [UInt8]? {
    guard member.size <= min(maximumBytes, bytesLeft) else {
      found.note("\(member.name) unpacks to \(member.size) bytes", path, code: .limit)
      return nil
    }
    bytesLeft -= member.size
    do throws(DocumentError) {
      return try zip.content(member)
    } catch {
      found.note(error, path)
      return nil
    }
  }

  mutating func read(_ bytes: [UInt8], _ path: String, depth: Int) {
    guard depth < Self.maximumDepth else {
      found.note("archives nested deeper than \(Self.maximumDepth)", path, code: .limit)
      return
    }
    let zip: ZipReader
    do throws(DocumentError) {
      zip = try ZipReader(bytes)
    } catch {
      found.note(error, path)
      return
    }
    var own: [(group: String, artifact: String, version: String)] = []
    // Those whose properties are not there.
    var models: [(group: String, artifact: String, version: String)] = []
    var manifest: [String: String] = [:]
    for member in zip.members {
      guard found.packages.count + own.count < Self.maximumPackages else {
        found.note("more than \(Self.maximumPackages) packages", path, code: .limit)
        break
      }
      if member.name.hasPrefix("META-INF/maven/"), member.name.hasSuffix("/pom.properties") {
        guard let content = content(member, of: zip, path, maximumBytes: Self.maximumDescription) else { continue }
        let fields = Self.properties(content)
        if let group = fields["groupId"], let artifact = fields["artifactId"], let version = fields["version"] {
          own.append((group, artifact, version))
        }
      } else if member.name.hasPrefix("META-INF/maven/"), member.name.hasSuffix("/pom.xml") {
        guard let content = content(member, of: zip, path, maximumBytes: Self.maximumDescription) else { continue }
        if let project = MavenProject(content), let version = project.version {
          models.append((project.group, project.artifact, version))
        }
      } else if member.name == "META-INF/MANIFEST.MF" {
        if let content = content(member, of: zip, path, maximumBytes: Self.maximumDescription) {
          manifest = Self.manifest(content)
        }
      } else if [".jar", ".war"].contains(where: { member.name.lowercased().hasSuffix($0) }) {
        if let content = content(member, of: zip, path) { read(content, path + "!" + member.name, depth: depth + 1) }
      }
    }
    for model in models where !own.contains(where: { $0.group == model.group && $0.artifact == model.artifact }) {
      own.append(model)
    }
    if !own.isEmpty {
      for item in own { add(item.group, item.artifact, item.version, path) }
      return
    }
    // An archive that holds others is an application or a bundle: those within it are its packages.
    guard path.lowercased().hasSuffix(".jar") else { return }
    identify(path, manifest)
  }

  /// By what the archive says of itself without Maven's files: the group as its manifest names it, or as it is known of the artifact.
  /// A name of a module or a bundle is none. Without a group the package is told by its artifact alone, which no advisory has.
  private mutating func identify(_ path: String, _ manifest: [String: String]) {
    let name = Self.fileName(path)
    guard !name.artifact.isEmpty else { return }
    let version =
      name.version ?? manifest["Implementation-Version"] ?? manifest["Bundle-Version"]
      ?? manifest["Specification-Version"] ?? ""
    let own = manifest["Implementation-Vendor-Id"].flatMap { Self.isGroup($0) ? $0 : nil }
    if let group = JavaGroups.group(of: name.artifact) ?? own, !version.isEmpty {
      add(group, name.artifact, version, path)
    } else {
      found.packages.append(
        SoftwarePackage(ecosystem: Ecosystem("Maven"), name: name.artifact, version: version, path: path))
    }
  }

  /// Whether a text can be a group: words with dots between them.
  private static func isGroup(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count > 1
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.utf8.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2D || $0 == 0x5F }
      }
  }

  private mutating func add(_ group: String, _ artifact: String, _ version: String, _ path: String) {
    found.packages.append(
      SoftwarePackage(ecosystem: Ecosystem("Maven"), name: "\(group):\(artifact)", version: version, path: path))
  }

  private static func properties(_ bytes: [UInt8]) -> [String: String] {
    var fields: [String: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
      let sides = line.split(separator: "=", maxSplits: 1)
      guard sides.count == 2 else { continue }
      fields[sides[0].filter { !$0.isWhitespace }] = sides[1].filter { !$0.isWhitespace }
    }
    return fields
  }

  /// A line that begins with a blank goes on with the one before it.
  private static func manifest(_ bytes: [UInt8]) -> [String: String] {
    var fields: [String: String] = [:]
    var key: String?
    for line in String(decoding: bytes, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    {
      if line.isEmpty { break }
      if line.hasPrefix(" "), let last = key {
        fields[last]? += line.dropFirst()
        continue
      }
      let sides = line.split(separator: ":", maxSplits: 1)
      guard sides.count == 2 else { continue }
      key = String(sides[0])
      fields[String(sides[0])] = String(sides[1].drop { $0 == " " })
    }
    return fields.filter { !$0.value.isEmpty }
  }

  /// `name-1.2.3.jar`
  private static func fileName(_ path: String) -> (artifact: String, version: String?) {
    var name = path.split(whereSeparator: { $0 == "/" || $0 == "!" }).last.map(String.init) ?? ""
    if let dot = name.lastIndex(of: ".") { name = String(name[..<dot]) }
    var dash = name.firstIndex(of: "-")
    while let place = dash {
      let rest = name[name.index(after: place)...]
      if rest.first?.isNumber == true { return (String(name[..<place]), String(rest)) }
      dash = rest.firstIndex(of: "-")
    }
    return (name, nil)
  }
}
