import Bytes
import Images
import TestKit
import Testing

/// What Clair's own tests expect of files that need no image: whose a Java archive is, and which distribution a file names.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct GoldenPackageTests {
  private static let clair = "images/fixtures/claircore"

  private static func fields(_ text: String, _ separator: Character) -> [String: String] {
    var fields: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
      guard let place = line.firstIndex(of: separator) else { continue }
      fields[String(line[..<place])] = line[line.index(after: place)...].drop { $0 == " " }.split(separator: "\r").first
        .map(String.init)
    }
    return fields
  }

  /// Archives with their manifests alone: each is listed, and no group is another than the one that its own `pom.properties` has.
  @Test func javaArchives() throws {
    var identified = 0
    var compared: [String] = []
    let files = SourceFiles.all("\(SharedData.root)/\(Self.clair)/java/jar/testdata/manifest", suffix: ".jar")
    for file in files {
      let name = String(file.split(separator: "/").last ?? "")
      let manifest = try FileReaderForTests.bytes(file)
      let jar = BinarySamples.zip([("META-INF/MANIFEST.MF", manifest)])
      let found = try #require(PackageExtractors.extractor(for: "app/" + name)).extract(jar, "app/" + name).packages
      #expect(found.count == 1, "\(name)")
      guard let package = found.first, package.isIdentified else { continue }
      identified += 1
      guard
        let text = try? FileReaderForTests.text(
          "\(SharedData.root)/\(Self.clair)/java/jar/testdata/properties/\(name)")
      else { continue }
      let own = Self.fields(text, "=")
      #expect(package.name == "\(own["groupId"] ?? ""):\(own["artifactId"] ?? "")", "\(name)")
      compared.append(name)
    }
    print("Clair: \(files.count) archives listed, \(identified) identified, \(compared.count) as their pom.properties")
    #expect(files.count > 60 && identified > 35 && compared.count > 25)
  }

  /// The distribution of each release of Alpine.
  @Test func alpineReleases() throws {
    var compared = 0
    for file in SourceFiles.all("\(SharedData.root)/\(Self.clair)/alpine/testdata", suffix: "want")
    where file.hasSuffix("/want") {
      let folder = file.dropLast("/want".count)
      let wanted = try JSONReader.read(try FileReaderForTests.bytes(file)).elements
      let text = try FileReaderForTests.text(folder + "/etc/os-release")
      let system = try #require(OperatingSystem(text, path: "etc/os-release"))
      let version = try #require(wanted.first?["version"]?.string)
      #expect(system.id == wanted.first?["did"]?.string)
      #expect(system.ecosystem?.text == "Alpine:" + (version == "edge" ? version : "v" + version), "\(folder)")
      compared += 1
    }
    #expect(compared > 10)
  }

  /// Documents that Clair writes name a distribution as people call it.
  @Test(arguments: [
    ("Debian GNU/Linux", "12 (bookworm)", "Debian:12"),
    ("Red Hat Enterprise Linux", "8.10", "Red Hat:enterprise_linux:8"),
    ("Alpine Linux", "3.17", "Alpine:v3.17"), ("Amazon Linux", "2023", "Amazon Linux:2023"),
    ("Oracle Linux Server", "8.9", "Oracle Linux:8"), ("Rocky Linux", "9.3 (Blue Onyx)", "Rocky Linux:9"),
    ("Photon OS", "5.0", "Photon OS:5.0"), ("Ubuntu", "22.04", "Ubuntu:22.04"),
  ])
  func namesOfDistributions(_ name: String, _ version: String, _ ecosystem: String) {
    #expect(OperatingSystem(sbom: name, version: version)?.ecosystem?.text == ecosystem)
  }
}
