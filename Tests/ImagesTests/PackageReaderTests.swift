import Bytes
import Images
import TestKit
import Testing

@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct PackageReaderTests {
  private static let trivy = "images/fixtures/trivy/integration/testdata"

  /// Projects with the packages that Trivy's own tests expect of them.
  @Test(arguments: [
    ("bun", "bun"), ("cargo", "cargo.lock"), ("composer", "composer.lock"), ("composer-vendor", "composer.vendor"),
    ("conan", "conan"), ("dotnet", "dotnet"), ("mixlock", "mix.lock"), ("npm", "npm"), ("nuget", "nuget"),
    ("pip", "pip"),
    ("pnpm", "pnpm"), ("poetry", "poetry"), ("pubspec", "pubspec.lock"), ("yarn", "yarn"),
  ])
  func projects(_ folder: String, _ golden: String) throws {
    let expected = try JSONReader.read(SharedData.bytes("\(Self.trivy)/\(golden).json.golden"))
    var theirs = Set<String>()
    for result in expected["Results"]?.elements ?? [] {
      for package in result["Packages"]?.elements ?? []
      where package["Dev"]?.bool != true && package["Relationship"]?.string != "root" {
        if let version = package["Version"]?.string { theirs.insert("\(package["Name"]?.string ?? "") \(version)") }
      }
    }
    let path = "\(SharedData.root)/\(Self.trivy)/fixtures/repo/\(folder)"
    var packages: [SoftwarePackage] = []
    for file in SourceFiles.all(path, suffix: "") {
      // Composer's list of what is installed lies where Composer puts it.
      let place = (folder == "composer-vendor" ? "vendor/composer/" : "") + file.dropFirst(path.count + 1)
      if let reader = PackageExtractors.extractor(for: place) {
        packages += reader.extract(try FileReaderForTests.bytes(file), place).packages
      }
    }
    let ours = Set(packages.map { "\($0.name) \($0.version)" })
    // Development packages of these are known from the manifest beside the lock file only, which is not read; npm's
    // project holds a node_modules folder as well.
    let more: Set<String> = ["bun", "cargo", "npm", "yarn"]
    let extra = ours.subtracting(theirs).sorted()
    #expect(theirs.subtracting(ours).isEmpty && (extra.isEmpty || more.contains(folder)), "\(extra)")
    #expect(!theirs.isEmpty)
  }

  /// Databases of rpm: SQLite (129 packages, as `rpm -qa` counts them), Berkeley DB and NDB.
  @Test(arguments: [
    ("cbl-mariner-2.0/rpmdb.sqlite", 129, "bash", "5.1.8-1.cm2"),
    ("libuuid/Packages", 1, "libuuid", "2.32.1-42.el8_8"),
    ("sle15-bci/Packages.db", 35, "bash", "4.4-19.6.1"),
  ])
  func rpmDatabases(_ file: String, _ count: Int, _ name: String, _ version: String) throws {
    let place = "var/lib/rpm/" + (file.split(separator: "/").last ?? "")
    let reader = try #require(PackageExtractors.extractor(for: place))
    let packages = reader.extract(try SharedData.bytes("images/fixtures/go-rpmdb/pkg/testdata/\(file)"), place).packages
    #expect(packages.count == count)
    #expect(packages.first { $0.name == name }?.version == version)
  }

  @Test func archivesAndPrograms() throws {
    let jars = "images/fixtures/trivy/pkg/dependency/parser/java/jar/testdata"
    let java = try #require(PackageExtractors.extractor(for: "app.war"))
    let names = java.extract(try SharedData.bytes("\(jars)/maven.war"), "maven.war").packages.map {
      "\($0.name) \($0.version)"
    }
    #expect(names.contains("com.fasterxml.jackson.core:jackson-databind 2.9.10.6"))
    #expect(names.contains("com.example:web-app 1.0-SNAPSHOT") && names.count == 8)
    let go = "images/fixtures/trivy/pkg/dependency/parser/golang/binary/testdata"
    let modules = PackageExtractors.program(try SharedData.bytes("\(go)/test.elf"), "test.elf").packages
    #expect(
      Set(modules.map(\.name)) == [
        "stdlib", "github.com/aquasecurity/go-pep440-version", "github.com/aquasecurity/go-version",
        "golang.org/x/xerrors", "github.com/aquasecurity/test",
      ])
  }

  /// Broken files of every kind are read as far as they go, and never end the program.
  @Test func brokenFilesDoNoHarm() throws {
    var random = SeededRandom(seed: 99)
    var samples: [(String, [UInt8])] = []
    let repos = "\(Self.trivy)/fixtures/repo"
    for file in SourceFiles.all(SharedData.root + "/" + repos, suffix: "")
    where PackageExtractors.extractor(for: file) != nil {
      samples.append((file, try FileReaderForTests.bytes(file)))
    }
    let databases = "images/fixtures/go-rpmdb/pkg/testdata"
    for (file, place) in [
      ("libuuid/Packages", "var/lib/rpm/Packages"), ("cbl-mariner-2.0/rpmdb.sqlite", "var/lib/rpm/rpmdb.sqlite"),
      ("sle15-bci/Packages.db", "var/lib/rpm/Packages.db"),
    ] { samples.append((place, Array(try SharedData.bytes("\(databases)/\(file)").prefix(600_000)))) }
    let jars = "images/fixtures/trivy/pkg/dependency/parser/java/jar/testdata"
    samples.append(("a.jar", try SharedData.bytes("\(jars)/nested.jar")))
    let go = "images/fixtures/trivy/pkg/dependency/parser/golang/binary/testdata/test.elf"
    let program = try SharedData.bytes(go)
    var read = 0
    for (path, bytes) in samples where !bytes.isEmpty {
      for _ in 0..<12 {
        var broken = bytes
        for _ in 0..<(1 + random.below(24)) {
          // Heads and indexes matter most.
          let reach = random.below(3) == 0 ? broken.count : min(broken.count, 4096)
          broken[random.below(reach)] = UInt8(random.below(256))
        }
        if random.below(3) == 0 { broken = Array(broken.prefix(random.below(broken.count))) }
        read += PackageExtractors.extractor(for: path)?.extract(broken, path).packages.count ?? 0
      }
    }
    for _ in 0..<8 {
      var broken = program
      // The header lies in a section of its own; the pointers of old programs lead from there.
      for _ in 0..<200 { broken[random.below(broken.count)] = UInt8(random.below(256)) }
      for _ in 0..<8 { broken[random.below(64)] = UInt8(random.below(256)) }
      read += PackageExtractors.program(broken, "broken").packages.count
    }
    #expect(read > 0)
  }
}
