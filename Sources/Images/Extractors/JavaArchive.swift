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

/// The packages of one Java archive and of those within it.
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
      } else if member.name == "META-INF/MANIFEST.MF" {
        if let content = content(member, of: zip, path, maximumBytes: Self.maximumDescription) {
          manifest = Self.manifest(content)
        }
      } else if [".jar", ".war"].contains(where: { member.name.lowercased().hasSuffix($0) }) {
        if let content = content(member, of: zip, path) { read(content, path + "!" + member.name, depth: depth + 1) }
      }
    }
    if !own.isEmpty {
      for item in own { add(item.group, item.artifact, item.version, path) }
      return
    }
    let name = Self.fileName(path)
    let version =
      manifest["Implementation-Version"] ?? manifest["Bundle-Version"] ?? manifest["Specification-Version"]
      ?? name.version
    let symbolic = manifest["Bundle-SymbolicName"].map { String($0.prefix { $0 != ";" }) }
    let group =
      manifest["Implementation-Vendor-Id"] ?? symbolic.flatMap { text in
        text.lastIndex(of: ".").map { String(text[..<$0]) }
      } ?? manifest["Automatic-Module-Name"]
    if let group, let version = name.version ?? version, !name.artifact.isEmpty {
      add(group, name.artifact, version, path)
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
