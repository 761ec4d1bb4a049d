import Bytes

extension PackageExtractor {
  /// Maven's project file: its dependencies, as far as it names their versions itself. What a parent or a bill of materials says of
  /// them is not in it; those are not judged, and what they bring in turn is not known.
  ///
  /// Source: maven.apache.org, "POM Reference", sections "Dependencies" and "Properties".
  static let mavenProject = PackageExtractor(
    name: "pom.xml", matches: .named(["pom.xml"]),
    extract: { bytes, path in
      var found = Extraction()
      do throws(DocumentError) {
        let root = try XMLReader.read(bytes)
        guard root.name == "project" else {
          found.noteUnknownForm(path)
          return found
        }
        let project = MavenProject(root)
        let (dependencies, open) = project.dependencies
        var seen = Set<SoftwarePackage>()
        found.packages = dependencies.map {
          SoftwarePackage(
            ecosystem: Ecosystem("Maven"), name: "\($0.group):\($0.artifact)", version: $0.version, path: path)
        }.filter { seen.insert($0).inserted }
        for item in open {
          found.leave(item.name, item.range.isEmpty ? .missing : .range, item.range, in: "Maven", path)
        }
        // One that was unpacked from an archive is that of something built.
        if !dependencies.isEmpty || !open.isEmpty, !path.contains("META-INF/maven/") {
          found.leave("what its dependencies need in turn", .notLocked, "", in: "Maven", path)
        }
        found.leftOut = project.testDependencies
      } catch {
        found.note(error, path)
      }
      return found
    },
    isOfProject: true)
}

/// A project of Maven, as its file describes it.
struct MavenProject {
  let group: String
  let artifact: String
  /// Nil where it is left to something that is not in the file.
  let version: String?
  private let root: XMLElement
  private let properties: [String: String]

  /// - Returns: nil for bytes that are no such file.
  init?(_ bytes: [UInt8]) {
    guard let root = try? XMLReader.read(bytes), root.name == "project" else { return nil }
    self.init(root)
    if group.isEmpty || artifact.isEmpty { return nil }
  }

  init(_ root: XMLElement) {
    self.root = root
    let parent = root["parent"]
    var properties: [String: String] = [:]
    for item in root["properties"]?.children ?? [] { properties[item.name] = item.text }
    for (key, value) in [
      ("groupId", root["groupId"]?.text ?? parent?["groupId"]?.text),
      ("version", root["version"]?.text ?? parent?["version"]?.text), ("artifactId", root["artifactId"]?.text),
    ] {
      properties["project." + key] = value
      properties["pom." + key] = value
    }
    properties["project.parent.version"] = parent?["version"]?.text
    self.properties = properties
    group = Self.resolved(properties["project.groupId"] ?? "", properties) ?? ""
    artifact = Self.resolved(properties["project.artifactId"] ?? "", properties) ?? ""
    version = properties["project.version"].flatMap { Self.resolved($0, properties) }
  }

  /// Dependencies that are built in, and those whose versions are not in the file, as `group:artifact`.
  var dependencies: (found: [(group: String, artifact: String, version: String)], open: [(name: String, range: String)])
  {
    var managed: [String: String] = [:]
    for item in root["dependencyManagement"]?["dependencies"]?.all("dependency") ?? [] {
      managed[key(item)] = item["version"]?.text
    }
    var found: [(group: String, artifact: String, version: String)] = []
    var open: [(name: String, range: String)] = []
    for item in root["dependencies"]?.all("dependency") ?? []
    where !["test", "provided", "system"].contains(item["scope"]?.text) {
      let text = item["version"]?.text ?? managed[key(item)]
      let names = key(item).split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else {
        open.append((item["artifactId"]?.text ?? "a dependency", text ?? ""))
        continue
      }
      if let version = text.flatMap({ Self.resolved($0, properties) }), !version.isEmpty,
        !version.contains(where: { "[](),".contains($0) })
      {
        found.append((names[0], names[1], version))
      } else {
        open.append((key(item), text ?? ""))
      }
    }
    return (found, open)
  }

  /// How many dependencies only tests need.
  var testDependencies: Int {
    (root["dependencies"]?.all("dependency") ?? []).count { $0["scope"]?.text == "test" }
  }

  private func key(_ item: XMLElement) -> String {
    ["groupId", "artifactId"].map { Self.resolved(item[$0]?.text ?? "", properties) ?? "" }.joined(separator: ":")
  }

  /// With `${name}` for what it stands for; nil where something stands for nothing that is known, or goes round.
  private static func resolved(_ text: String, _ properties: [String: String]) -> String? {
    var text = text
    for _ in 0..<8 {
      guard let start = text.firstRange(of: "${") else { return text }
      let rest = text[start.upperBound...]
      guard let end = rest.firstIndex(of: "}"), let value = properties[String(rest[..<end])] else { return nil }
      text = text[..<start.lowerBound] + value + text[rest.index(after: end)...]
      if text.utf8.count > 4096 { return nil }
    }
    return nil
  }
}
