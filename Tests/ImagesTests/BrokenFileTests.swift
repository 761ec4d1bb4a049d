import Bytes
import Findings
import Images
import TestKit
import Testing

/// What cannot be read of a file is said, and what stands before the break is found.
@Suite struct BrokenFileTests {
  private static func extract(_ path: String, _ bytes: [UInt8]) -> Extraction {
    ExtractorSamples.read(ExtractorSamples.Sample("", path, bytes, []), bytes)
  }

  /// Files that end too early, and the packages that are known all the same.
  @Test(arguments: [
    ("go.mod", "module x\n\nrequire (\n golang.org/x/text v0.3.0\n", ["golang.org/x/text"]),
    ("poetry.lock", "[[package]\nname=\"x\"", []), ("uv.lock", "[[package]\nname=\"x\"", []),
    ("Cargo.lock", "[[package]]\nname = \"time\"\nversion = ", []),
    ("Cargo.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = \"r\"\n[[package]]\nname = \"b\"\n", ["a"]),
    ("poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\nfiles = [\n    {file = \"x\"},\n", ["a"]),
    ("Pipfile.lock", "{\"_meta\": {", []), ("composer.lock", "{\"packages\": [", []),
    ("package-lock.json", "{\"packages\":{\"node_modules/lodash\":{\"version\":\"4.17.4\"", []),
    ("x.deps.json", "{\"targets\": [", []), ("packages.lock.json", "{", []), ("Package.resolved", "", []),
    ("bun.lock", "{\"packages\":{", []), ("conan.lock", "[", []), ("app/node_modules/a/package.json", "{\"name\":", []),
    ("pnpm-lock.yaml", "lockfileVersion: \"9.0\"\npackages:\n  a@1.0.0: {\n", []),
    ("pubspec.lock", "packages: {a: [", []),
    ("yarn.lock", "a@^1.0.0:\n  version \"1.2.0\"\n\nb@^2.0.0:\n", ["a"]),
    ("yarn.lock", "a@^1.0.0:\n  version \"1.2.0\"\n\nb@^2.0", ["a"]),
    ("Gemfile.lock", "GEM\n  specs:\n    rack (2.2.3)\n    rake (13.", ["rack"]),
    ("mix.lock", "%{\n  \"jason\": {:hex, :jason, \"1.4.0\"},\n", ["jason"]),
    ("stack.yaml.lock", "packages:\n- completed:\n    hackage: aeson-", []),
    ("lib/a.dist-info/METADATA", "Metadata-Version: 2.1\nName: a\n", []),
    ("usr/lib/ruby/specifications/a.gemspec", "Gem::Specification.new do |s|\n", []),
    ("var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\n\nPackage: b\nStat", ["a"]),
    ("lib/apk/db/installed", "P:a\nV:1\n\nP:b\n", ["a"]), ("var/lib/rpm/Packages", "not a database", []),
    ("pom.xml", "<project><dependencies><dependency>", []), ("gradle.lockfile", "a:b:1=x\na:c", ["a:b"]),
    ("Podfile.lock", "PODS:\n  - {", []), ("rebar.lock", "{\"1.2.0\",[{<<\"a\">>,{pkg,<<\"a\">>,<<\"1", []),
    ("var/lib/rpm/rpmdb.sqlite", "SQLite format 3\0", []), ("app.jar", "PK", []),
  ])
  func endsTooEarly(_ path: String, _ text: String, _ names: [String]) {
    let found = Self.extract(path, Array(text.utf8))
    #expect(found.packages.map(\.name) == names)
    #expect(!found.problems.isEmpty && found.problems.allSatisfy { $0.hidesInput && $0.location.file == path })
  }

  /// Nothing in them is what such a file holds, or not in a form that is known.
  @Test(arguments: [
    ("yarn.lock", "\n", []), ("gradle.lockfile", "", []), ("rebar.lock", " \n", []), ("cabal.project.freeze", "", []),
    ("poetry.lock", "[[pkg]]\nname = \"django\"\n\n[metadata]\nlock-version = \"2.1\"\n", []),
    (
      "poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\n\n[metadata]\nlock-version = \"9.0\"\n",
      ["a"]
    ),
    ("Cargo.lock", "version = 99\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"r\"\n", ["a"]),
    ("uv.lock", "version = 2\n\n[[package]]\nname = \"a\"\nversion = \"1\"\n", ["a"]),
    ("site-packages/a.egg", "PK\u{05}\u{06}", []),
  ])
  func areOfAnUnknownForm(_ path: String, _ text: String, _ names: [String]) {
    let found = Self.extract(path, Array(text.utf8))
    #expect(found.packages.map(\.name) == names)
    #expect(!found.problems.isEmpty && found.problems.allSatisfy { $0.hidesInput && $0.location.file == path })
  }

  /// Forms that TOML and Go allow beside the usual ones.
  @Test(arguments: [
    ("poetry.lock", "[[ package ]]\nname = 'django'\nversion='3.2.0'\n", ["django 3.2.0"]),
    (
      "Cargo.lock",
      "[root]\nname = \"own\"\nversion = \"12.0.0\"\n\n[[\"package\"]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"r\"\n",
      ["a 1.0.0"]
    ),
    ("pdm.lock", "[metadata]\nlock_version = \"4.5.0\"\n\n[[package]]\nname = \"a\"\nversion = \"1\"\n", ["a 1"]),
    ("go.mod", "module \"x\"\n\nrequire \"golang.org/x/text\" v0.3.0\n", ["golang.org/x/text 0.3.0"]),
    ("yarn.lock", "# yarn lockfile v1\n\n\n", []), ("rebar.lock", "[].\n", []),
  ])
  func areKnown(_ path: String, _ text: String, _ packages: [String]) {
    let found = Self.extract(path, Array(text.utf8))
    #expect(found.packages.map { "\($0.name) \($0.version)" } == packages && found.problems.isEmpty)
  }

  /// Files of lines that end within one, where every line by itself is well-formed.
  @Test(arguments: [
    ("yarn.lock", "a@^1.0.0:\n  version \"1.2.0\"\n\nb@^2.0.0:\n  version \"2.1", ["a", "b"]),
    ("Cargo.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = \"r\"\n\n[[pack]]\nna", ["a"]),
    ("gradle.lockfile", "a:b:1=x\na:c:2=run", ["a:b", "a:c"]),
    ("stack.yaml.lock", "packages:\n- completed:\n    hackage: aeson-1.0@sha256:0\n- comple", ["aeson"]),
    ("cabal.project.freeze", "constraints: any.aeson ==1.0,\n             any.ba", ["aeson"]),
    ("go.mod", "module x\n\nrequire golang.org/x/text v0.3.0\n\nrequ", ["golang.org/x/text"]),
    (
      "pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {}\n  b@2.0.0:\n    engin: x",
      ["a", "b"]
    ),
    ("pubspec.lock", "packages:\n  a:\n    source: hosted\n    version: 1.0.0\n    des: x", ["a"]),
    ("Podfile.lock", "PODS:\n  - A (1.0)\n  - B (2.0", ["A"]),
  ])
  func endsWithinALine(_ path: String, _ text: String, _ names: [String]) {
    let found = Self.extract(path, Array(text.utf8))
    #expect(found.packages.map(\.name) == names)
    #expect(!found.problems.isEmpty && found.problems.allSatisfy { $0.hidesInput && $0.location.file == path })
  }

  /// Files that are well-formed and not what their names say: an empty list of packages would be taken for none.
  @Test(arguments: [
    ("package-lock.json", "{}"), ("package-lock.json", "[]"), ("package-lock.json", #"{"lockfileVersion":9}"#),
    ("pnpm-lock.yaml", "lockfileVersion: \"42\"\nstuff: {}\n"), ("pnpm-lock.yaml", "- a\n"), ("composer.lock", "{}"),
    ("composer.lock", #"{"packages":{}}"#), ("Pipfile.lock", #"{"default":[]}"#), ("x.deps.json", "{}"),
    ("packages.lock.json", #"{"version":7,"foo":{}}"#), ("Package.resolved", #"{"version":9}"#),
    ("bun.lock", "{}"), ("conan.lock", #"{"version":"0.9"}"#), ("poetry.lock", "x=1\n"), ("Cargo.lock", "x=1\n"),
    ("uv.lock", "[tool]\n"), ("Gemfile.lock", "nothing\n"), ("Gemfile.lock", "GEM\n  specs:\n    rack (2.0)\n"),
    ("go.mod", "x\n"), ("Podfile.lock", "a: b\n"), ("pubspec.lock", "a: b\n"), ("stack.yaml.lock", "a: b\n"),
    ("pom.xml", "<other/>"), ("renv.lock", "{}"), ("packages.config", "<other/>"), ("pylock.toml", "x=1\n"),
    ("bun.lockb", "\u{1}\u{2}"), ("var/lib/dpkg/status", "Version: 1\nStatus: install ok installed\n"),
  ])
  func ofAnotherForm(_ path: String, _ text: String) {
    let found = Self.extract(path, Array(text.utf8))
    #expect(!found.problems.isEmpty && found.problems.allSatisfy { $0.hidesInput && $0.location.file == path })
  }

  /// A package whose files are there counts, whatever is left to do with it; of a removed one only the configuration is.
  ///
  /// Source: dpkg(1), "Package states".
  @Test(arguments: [
    ("install ok installed", true), ("hold ok installed", true), ("install ok unpacked", true),
    ("install ok half-configured", true), ("install reinstreq half-installed", true),
    ("install ok triggers-awaited", true), ("install ok triggers-pending", true),
    ("deinstall ok config-files", false), ("purge ok not-installed", false),
  ])
  func statesOfPackages(_ status: String, _ isThere: Bool) {
    let found = Self.extract(
      "var/lib/dpkg/status", Array("Package: a\nStatus: \(status)\nVersion: 1-1\n\n".utf8))
    #expect(found.packages.map(\.name) == (isThere ? ["a"] : []) && found.problems.isEmpty)
  }

  /// Lock files without a package are whole.
  @Test(arguments: [
    ("package-lock.json", #"{"name":"a","lockfileVersion":1}"#), ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"),
    ("composer.lock", #"{"packages":[],"packages-dev":[]}"#), ("Pipfile.lock", #"{"_meta":{},"default":{}}"#),
    ("Package.resolved", #"{"pins":[],"version":3}"#),
    ("poetry.lock", "package = []\n\n[metadata]\nlock-version = \"2.0\"\n"),
    ("Cargo.lock", "version = 4\n"), ("uv.lock", "version = 1\nrequires-python = \">=3.12\"\n"),
    ("Gemfile.lock", "GEM\n  specs:\n\nDEPENDENCIES\n"), ("go.mod", "module x\n"),
    ("pylock.toml", "lock-version = \"1.0\"\n"),
    ("packages.config", "<packages/>"), ("renv.lock", #"{"R":{},"Packages":{}}"#),
  ])
  func withoutPackages(_ path: String, _ text: String) {
    let found = Self.extract(path, Array(text.utf8))
    #expect(found.packages.isEmpty && found.problems.isEmpty, "\(found.problems.map(\.message))")
  }

  /// Formats of other package managers, with the packages that they lock.
  @Test(arguments: [
    (
      "renv.lock",
      #"{"Packages":{"curl":{"Package":"curl","Version":"5.0","Source":"Repository"},"S4":{"Package":"S4","Version":"0.1","Source":"Bioconductor"}}}"#,
      ["CRAN curl 5.0", "Bioconductor S4 0.1"]
    ),
    (
      "pylock.toml",
      "lock-version = \"1.0\"\n[[packages]]\nname = \"attrs\"\nversion = \"25.1.0\"\n[[packages.wheels]]\nname = \"x.whl\"\n[[packages]]\nname = \"own\"\n",
      ["PyPI attrs 25.1.0"]
    ),
    (
      "packages.config",
      #"<packages><package id="A.B" version="1.2"/><package id="T" version="1" developmentDependency="true"/></packages>"#,
      ["NuGet A.B 1.2"]
    ),
  ])
  func moreFormats(_ path: String, _ text: String, _ expected: [String]) {
    let found = Self.extract(path, Array(text.utf8))
    #expect(found.packages.map { "\($0.ecosystem.text) \($0.name) \($0.version)" } == expected)
    #expect(found.problems.isEmpty)
  }

  /// Half a database tells of what it has, and how much it lacks.
  @Test func halfADatabase() {
    let headers = (0..<40).map { BinarySamples.rpmHeader("p\($0)", "1", "1") + [UInt8](repeating: 0, count: 200) }
    for (path, whole) in [
      ("usr/lib/sysimage/rpm/Packages.db", BinarySamples.ndb(headers)),
      ("var/lib/rpm/Packages", BinarySamples.berkeley(Array(headers.prefix(20)))),
    ] {
      #expect(Self.extract(path, whole).problems.isEmpty, "\(path)")
      let half = Self.extract(path, Array(whole.prefix(whole.count / 2 + 2048)))
      #expect(!half.packages.isEmpty && half.packages.count < 40, "\(path)")
      #expect(half.problems.contains { $0.message.contains("entries of it") }, "\(path)")
    }
    let database = BinarySamples.sqlite(table: "Packages", Array(headers.prefix(8)))
    let cut = Self.extract("var/lib/rpm/rpmdb.sqlite", Array(database.prefix(6000)))
    #expect(!cut.problems.isEmpty)
  }

  /// Changes that wait beside a database are changes that are not read.
  @Test func aDatabaseWithChangesBesideIt() {
    #expect(!Self.extract("var/lib/rpm/rpmdb.sqlite-wal", [0x37, 0x7F, 6, 0x82]).problems.isEmpty)
    #expect(Self.extract("var/lib/rpm/rpmdb.sqlite-wal", []).problems.isEmpty)
  }

  /// Jars that are cut, that hold bombs, or archives within archives without end.
  @Test func jars() {
    let jar = ExtractorSamples.jar
    let cut = Self.extract("lib/cut.jar", Array(jar.prefix(jar.count - 30)))
    #expect(cut.packages.isEmpty && cut.problems.map(\.location.file) == ["lib/cut.jar"])
    let inner = BinarySamples.zip([("lib/cut.jar", Array(jar.prefix(60))), ("ok-1.0.jar", jar)])
    let outer = Self.extract("app.war", inner)
    #expect(outer.problems.map(\.location.file) == ["app.war!lib/cut.jar"])
    #expect(outer.packages.contains { $0.name == "org.example:tool" })
    var deep = jar
    for depth in 0..<8 { deep = BinarySamples.zip([("level\(depth).jar", deep)]) }
    #expect(Self.extract("deep.jar", deep).problems.contains { $0.message.contains("nested deeper") })
  }

  /// A name of a module or a bundle is no group: what nothing identifies is told by its artifact, and is not covered.
  @Test func jarsWithoutMavensFiles() throws {
    func jar(_ manifest: String) -> [UInt8] {
      BinarySamples.zip([
        ("META-INF/MANIFEST.MF", Array("Manifest-Version: 1.0\n\(manifest)\n".utf8)), ("a/X.class", [1]),
      ])
    }
    for (path, manifest, expected) in [
      (
        "spring-beans-5.3.17.jar", "Implementation-Title: spring-beans\nAutomatic-Module-Name: spring.beans\n",
        "org.springframework:spring-beans 5.3.17"
      ),
      ("okhttp-4.9.0.jar", "Automatic-Module-Name: okhttp3\n", "com.squareup.okhttp3:okhttp 4.9.0"),
      ("spring-web-5.3.17.jar", "", "org.springframework:spring-web 5.3.17"),
      ("guava-27.0-jre.jar", "Bundle-SymbolicName: com.google.guava\n", "com.google.guava:guava 27.0-jre"),
      ("mine-1.0.jar", "Bundle-SymbolicName: org.mine.core\n", "mine 1.0"), ("mine.jar", "", "mine "),
      ("mine-1.0.jar", "Implementation-Vendor-Id: org.mine\n", "org.mine:mine 1.0"),
      ("mine-1.0.jar", "Implementation-Vendor-Id: Mine Inc.\n", "mine 1.0"),
    ] {
      let found = Self.extract("lib/" + path, jar(manifest))
      #expect(found.packages.map { "\($0.name) \($0.version)" } == [expected], "\(path)")
    }
    let report = try ImageReport(
      system: nil, packages: Self.extract("lib/mine-1.0.jar", jar("")).packages,
      store: try AdvisoryStore(try AdvisoryStoreBuilder().bytes(sources: [], built: "now")), covered: ["Maven"])
    #expect(report.uncovered == ["Maven of unknown group": 1])
  }

  /// What a layer cannot tell is kept with what it tells.
  @Test func problemsAreFactsOfTheLayer() throws {
    let scanner = LayerScanner()
    scanner.feed(TarBuilder.archive([("app/composer.lock", "{\"packages\": [")]).span.bytes)
    let facts = scanner.finish().facts
    #expect(facts.problems.map(\.location.file) == ["app/composer.lock"])
    let kept = try #require(LayerFacts(json: facts.json))
    #expect(kept.problems == facts.problems)
  }
}

/// Lock files of npm, Yarn and pnpm in which a package goes by another name.
@Suite struct NodeAliasTests {
  private static func packages(_ path: String, _ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return ExtractorSamples.read(ExtractorSamples.Sample("", path, bytes, []), bytes).packages.map {
      "\($0.name) \($0.version)"
    }
  }

  @Test func yarn() {
    let first =
      "\"safe-lodash@npm:lodash@4.17.4\":\n  version \"4.17.4\"\n\n\"@scope/alias@npm:@babel/traverse@7.22.0\":\n  version \"7.22.0\"\n\na@npm:^1.0.0:\n  version \"1.0.1\"\n"
    #expect(Self.packages("yarn.lock", first) == ["lodash 4.17.4", "@babel/traverse 7.22.0", "a 1.0.1"])
    let later =
      "__metadata:\n  version: 8\n\n\"safe-lodash@npm:lodash@4.17.4\":\n  version: 4.17.4\n  resolution: \"lodash@npm:4.17.4\"\n\n\"minimist@patch:minimist@npm%3A0.0.8#~/x.patch\":\n  version: 0.0.8\n  resolution: \"minimist@patch:minimist@npm%3A0.0.8#~/x.patch::version=0.0.8&hash=aa\"\n\n\"ws@workspace:packages/ws\":\n  version: 0.0.0-use.local\n  resolution: \"ws@workspace:packages/ws\"\n"
    #expect(Self.packages("yarn.lock", later) == ["lodash 4.17.4", "minimist 0.0.8"])
  }

  @Test func npm() {
    let first =
      #"{"lockfileVersion":1,"dependencies":{"safe":{"version":"npm:lodash@4.17.4"},"loc":{"version":"file:../loc"},"g":{"version":"git+https://example.test/g.git#0123456789"},"a":{"version":"1.0.0"}}}"#
    #expect(Self.packages("package-lock.json", first) == ["lodash 4.17.4", "a 1.0.0"])
    let later = #"{"packages":{"node_modules/safe":{"name":"lodash","version":"4.17.4"}}}"#
    #expect(Self.packages("package-lock.json", later) == ["lodash 4.17.4"])
  }

  @Test func pnpm() {
    let paths = """
      lockfileVersion: 5.4
      packages:
        /acorn/8.8.0: {dev: false}
        /acorn-jsx/5.3.2_acorn@8.8.0: {dev: false}
        /@babel/traverse/7.22.0_supports-color@5.5.0: {dev: false}
        /lodash/4.17.4_react@17.0.2+acorn@8.8.0: {dev: false}
        registry.example.com/foo/1.2.3: {dev: false}
        github.com/acme/gh/0123456: {name: gh, version: 1.0.0}
      """
    #expect(
      Self.packages("pnpm-lock.yaml", paths) == [
        "acorn 8.8.0", "acorn-jsx 5.3.2", "@babel/traverse 7.22.0", "lodash 4.17.4", "foo 1.2.3", "gh 1.0.0",
      ])
    let names = """
      lockfileVersion: '9.0'
      packages:
        '@babel/traverse@7.22.0': {}
        lodash@4.17.4(peer@1.0.0): {}
        gh@https://codeload.github.com/acme/gh/tar.gz/0123: {version: 1.0.0}
        local@file:../x: {}
      """
    #expect(Self.packages("pnpm-lock.yaml", names) == ["@babel/traverse 7.22.0", "lodash 4.17.4", "gh 1.0.0"])
  }

  /// Nothing comes out that a registry could not hold.
  @Test func namesAreNames() {
    for text in ["a@b@c", "a b", "/x", "@/x", "@scope/", "a/b/c", "..", ""] {
      #expect(
        Self.packages("package-lock.json", "{\"dependencies\":{\"\(text)\":{\"version\":\"1.0.0\"}}}").isEmpty,
        "\(text)")
    }
  }
}
