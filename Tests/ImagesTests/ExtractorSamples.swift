import Bytes
import Images
import TestKit
import Testing

/// A small file for each kind that packages stand in, with what is in it.
enum ExtractorSamples {
  struct Sample {
    let extractor: String
    let path: String
    let bytes: [UInt8]
    /// `name version`, in order.
    let packages: [String]

    init(_ extractor: String, _ path: String, _ bytes: [UInt8], _ packages: [String]) {
      self.extractor = extractor
      self.path = path
      self.bytes = bytes
      self.packages = packages
    }

    init(_ extractor: String, _ path: String, _ text: String, _ packages: [String]) {
      self.init(extractor, path, Array(text.utf8), packages)
    }
  }

  static let header = BinarySamples.rpmHeader(
    "bash", "5.1", "2.el9", epoch: 1, files: [("/usr/bin/", "bash"), ("/usr/bin/", "sh")])
  static let jar = BinarySamples.zip([
    (
      "META-INF/maven/org.example/tool/pom.properties",
      Array("#x\ngroupId=org.example\nartifactId=tool\nversion=1.2\n".utf8)
    ),
    (
      "lib/inner-2.0.jar",
      BinarySamples.zip([("META-INF/MANIFEST.MF", Array("Implementation-Vendor-Id: org.other\n".utf8))])
    ),
  ])

  static let all: [Sample] = [
    Sample(
      "apk", "lib/apk/db/installed", "P:musl\nV:1.2.4-r2\no:musl\nF:lib\nR:ld-musl-x86_64.so.1\n\n", ["musl 1.2.4-r2"]),
    Sample(
      "bun.lock", "bun.lock",
      #"{"lockfileVersion":1, // comment\#n"packages":{"a":["a@1.0.0","",{},"sha"],"b":["b@workspace:b"],},}"#,
      ["a 1.0.0"]),
    Sample(
      "Cargo.lock", "Cargo.lock",
      "[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"libc\"\nversion = \"0.2.1\"\nsource = \"registry\"\n",
      ["libc 0.2.1"]),
    Sample("composer.lock", "composer.lock", #"{"packages":[{"name":"a/b","version":"v1.2.3"}]}"#, ["a/b v1.2.3"]),
    Sample(
      "conan.lock", "conan.lock", ##"{"requires":["zlib/1.2.11#rev%1","openssl/3.0.0@user/channel"]}"##,
      ["zlib 1.2.11", "openssl 3.0.0"]),
    Sample(
      "deno.lock", "app/deno.lock",
      #"{"version":"4","specifiers":{"npm:a@1":"1.0.0"},"npm":{"a@1.0.0_@s+p@2.0.0":{"integrity":"x"},"@s/p@2.0.0":{}},"jsr":{}}"#,
      ["a 1.0.0", "@s/p 2.0.0"]),
    Sample(
      "deps.json", "app.deps.json", #"{"libraries":{"Newtonsoft.Json/13.0.1":{"type":"package"}}}"#,
      ["Newtonsoft.Json 13.0.1"]),
    Sample(
      "dpkg", "var/lib/dpkg/status",
      "Package: bash\nStatus: install ok installed\nSource: bash (5.2)\nVersion: 5.2-1+b1\n continued\n",
      ["bash 5.2-1+b1"]),
    Sample("dpkg files", "var/lib/dpkg/info/bash:amd64.list", "/.\n/bin/bash\n", []),
    Sample(
      "Debian copyright", "usr/share/doc/base/copyright",
      "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: GPL-2+\n text\n",
      []),
    Sample("dpkg sums", "var/lib/dpkg/status.d/base.md5sums", "d41d8cd98f00b204e9800998ecf8427e  etc/issue\n", []),
    Sample("dpkg fragment", "var/lib/dpkg/status.d/base", "Package: base-files\nVersion: 12.4\n", ["base-files 12.4"]),
    Sample(
      "Gemfile.lock", "Gemfile.lock",
      "GEM\n  specs:\n    rack (2.2.3)\n      a (>= 1)\nPATH\n  specs:\n    own (1)\n\nDEPENDENCIES\n  rack\n",
      ["rack 2.2.3"]),
    Sample(
      "renv.lock", "renv.lock", #"{"Packages":{"curl":{"Package":"curl","Version":"5.0","Source":"Repository"}}}"#,
      ["curl 5.0"]),
    Sample(
      "pylock.toml", "pylock.app.toml",
      "lock-version = \"1.0\"\n[[packages]]\nname = \"attrs\"\nversion = \"25.1.0\"\n", ["attrs 25.1.0"]),
    Sample(
      "packages.config", "packages.config", #"<packages><package id="A.B" version="1.2"/></packages>"#, ["A.B 1.2"]),
    Sample("Cargo.toml", "Cargo.toml", "[dependencies]\nlibc = \"0.2\"\n", []),
    Sample("composer.json", "composer.json", #"{"require":{"a/b":"^1"}}"#, []),
    Sample(
      "csproj", "App.csproj",
      #"<Project><ItemGroup><PackageReference Include="A" Version="1.0"/></ItemGroup></Project>"#, []),
    Sample("Gemfile", "Gemfile", "gem \"rack\"\n", []),
    Sample("other manifests", "mix.exs", "{:jason, \"~> 1.0\"}\n", []),
    Sample("package.json", "package.json", #"{"dependencies":{"a":"^1.0.0"}}"#, []),
    Sample("Pipfile", "Pipfile", "[packages]\nflask = \"*\"\n", []),
    Sample("pubspec.yaml", "pubspec.yaml", "name: x\ndependencies:\n  http: ^1.0.0\n", []),
    Sample("pyproject.toml", "pyproject.toml", "[project]\ndependencies = [\"flask>=2\"]\n", []),
    Sample("unread lock files", "paket.lock", "NUGET\n", []),
    Sample("bun.lockb", "bun.lockb", "#!/usr/bin/env bun\n", []),
    Sample(
      "gemspec", "usr/lib/ruby/specifications/rake-13.0.gemspec", "s.name = \"rake\".freeze\ns.version = \"13.0\"\n",
      ["rake 13.0"]),
    Sample(
      "go.mod", "go.mod",
      "module x\nrequire (\n\ta.org/b v1.2.3 // indirect\n\tc.org/d v0.1.0\n)\nreplace c.org/d => e.org/f v0.2.0\nrequire g.org/h v1.0.0\n",
      ["a.org/b 1.2.3", "e.org/f 0.2.0", "g.org/h 1.0.0"]),
    Sample(
      "gradle.lockfile", "app/gradle.lockfile",
      "# made by Gradle\norg.ow2.asm:asm:9.1=compileClasspath,runtimeClasspath\njunit:junit:4.12=testCompileClasspath\nempty=annotationProcessor\n",
      ["org.ow2.asm:asm 9.1"]),
    Sample(
      "pom.xml", "app/pom.xml",
      """
      <?xml version="1.0"?>
      <project xmlns="http://maven.apache.org/POM/4.0.0"><parent><groupId>test.own</groupId><version>2</version></parent>
        <artifactId>app</artifactId><properties><asm.version>9.1</asm.version></properties>
        <dependencyManagement><dependencies><dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId>
          <version>1.7.36</version></dependency></dependencies></dependencyManagement>
        <dependencies>
          <dependency><groupId>org.ow2.asm</groupId><artifactId>asm</artifactId><version>${asm.version}</version></dependency>
          <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId></dependency>
          <dependency><groupId>${project.groupId}</groupId><artifactId>lib</artifactId><version>${project.version}</version></dependency>
          <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.12</version><scope>test</scope></dependency>
        </dependencies></project>
      """, ["org.ow2.asm:asm 9.1", "org.slf4j:slf4j-api 1.7.36", "test.own:lib 2"]),
    Sample(
      "Podfile.lock", "ios/Podfile.lock",
      "PODS:\n  - Alamofire (5.6.1)\n  - Firebase/Core (8.0.0):\n    - Firebase/CoreOnly\n  - Firebase/CoreOnly (8.0.0)\nCOCOAPODS: 1.11.3\n",
      ["Alamofire 5.6.1", "Firebase 8.0.0"]),
    Sample(
      "rebar.lock", "app/rebar.lock",
      "{\"1.2.0\",\n[{<<\"cowboy\">>,{pkg,<<\"cowboy\">>,<<\"2.10.0\">>},0},\n {<<\"own\">>,{git,\"https://example.test/own\",{ref,\"ab\"}},0}]}.\n",
      ["cowboy 2.10.0"]),
    Sample("Java archive", "app/tool.jar", jar, ["org.other:inner 2.0", "org.example:tool 1.2"]),
    Sample(
      "Python egg", "usr/lib/python3/site-packages/django-3.2.0-py3.8.egg",
      BinarySamples.zip([
        ("EGG-INFO/PKG-INFO", Array("Metadata-Version: 1.0\nName: Django\nVersion: 3.2.0\n\n".utf8)),
        ("django/__init__.py", []),
      ]), ["Django 3.2.0"]),
    Sample(
      "mix.lock", "mix.lock", "%{\n  \"jason\": {:hex, :jason, \"1.4.0\", \"e8\", [:mix], [], \"hexpm\"},\n}\n",
      ["jason 1.4.0"]),
    Sample(
      "node_modules", "app/node_modules/@a/b/package.json", #"{"name":"@a/b","version":"1.0.0"}"#, ["@a/b 1.0.0"]),
    Sample(
      "package-lock.json", "package-lock.json",
      #"{"lockfileVersion":3,"packages":{"":{"name":"own"},"node_modules/a":{"version":"1.0.0"},"node_modules/a/node_modules/b":{"version":"2.0.0"},"node_modules/c":{"dev":true,"version":"3.0.0"}}}"#,
      ["a 1.0.0", "b 2.0.0"]),
    Sample(
      "packages.lock.json", "packages.lock.json",
      #"{"dependencies":{"net8.0":{"A":{"type":"Direct","resolved":"1.0.0"},"P":{"type":"Project"}}}}"#, ["A 1.0.0"]),
    Sample(
      "Package.resolved", "Package.resolved",
      #"{"pins":[{"location":"https://github.com/apple/swift-nio.git","state":{"version":"2.1.0"}}],"version":2}"#,
      ["github.com/apple/swift-nio 2.1.0"]),
    Sample(
      "Pipfile.lock", "Pipfile.lock", #"{"default":{"flask":{"version":"==2.0.1"}},"develop":{}}"#, ["flask 2.0.1"]),
    Sample(
      "pnpm-lock.yaml", "pnpm-lock.yaml",
      "lockfileVersion: '9.0'\npackages:\n  '@a/b@1.0.0': {resolution: {integrity: x}}\n  /c@2.0.0(d@1.0.0): {dev: false}\n",
      ["@a/b 1.0.0", "c 2.0.0"]),
    Sample(
      "poetry.lock", "poetry.lock",
      "[[package]]\nname = \"flask\"\nversion = \"2.0.1\"\ncategory = \"main\"\n\n[package.source]\ntype = \"legacy\"\n",
      ["flask 2.0.1"]),
    Sample(
      "pubspec.lock", "pubspec.lock", "packages:\n  http:\n    source: hosted\n    version: \"0.13.5\"\n",
      ["http 0.13.5"]),
    Sample(
      "Python metadata", "lib/flask-2.0.1.dist-info/METADATA", "Metadata-Version: 2.1\nName: Flask\nVersion: 2.0.1\n",
      ["Flask 2.0.1"]),
    Sample(
      "requirements.txt", "requirements-dev.txt", "flask[async]==2.0.1 # why\n-r other.txt\ndjango>=3\n",
      ["flask 2.0.1"]),
    Sample("rpm write-ahead log", "var/lib/rpm/rpmdb.sqlite-wal", [0x37, 0x7F, 6, 0x82], []),
    Sample("rpm database", "var/lib/rpm/Packages", BinarySamples.berkeley([header]), ["bash 1:5.1-2.el9"]),
    Sample(
      "rpm database", "var/lib/rpm/rpmdb.sqlite", BinarySamples.sqlite(table: "Packages", [header]),
      ["bash 1:5.1-2.el9"]),
    Sample("rpm database", "usr/lib/sysimage/rpm/Packages.db", BinarySamples.ndb([header]), ["bash 1:5.1-2.el9"]),
    Sample(
      "cabal.project.freeze", "cabal.project.freeze", "constraints: any.aeson ==2.1.0,\n             any.base ==4.17\n",
      ["aeson 2.1.0", "base 4.17"]),
    Sample(
      "stack.yaml.lock", "stack.yaml.lock", "packages:\n- completed:\n    hackage: aeson-2.1.0@sha256:1,2\n",
      ["aeson 2.1.0"]),
    Sample(
      "uv.lock", "uv.lock",
      "[[package]]\nname = \"flask\"\nversion = \"2.0.1\"\nsource = { registry = \"x\" }\n\n[[package]]\nname = \"own\"\nversion = \"1\"\nsource = { editable = \".\" }\n",
      ["flask 2.0.1"]),
    Sample(
      "yarn.lock", "yarn.lock",
      "# yarn lockfile v1\n\n\"@a/b@^1.0.0\", \"@a/b@^1.1.0\":\n  version \"1.2.0\"\n\nc@npm:^2.0.0:\n  version: 2.1.0\n",
      ["@a/b 1.2.0", "c 2.1.0"]),
  ]

  static let programs: [Sample] = [
    Sample(
      "program", "bin/go",
      BinarySamples.goProgram("go1.22.1", "path\tx\nmod\tx\t(devel)\t\ndep\ta.org/b\tv1.2.3\th1\n"),
      ["stdlib 1.22.1", "x (devel)", "a.org/b 1.2.3"]),
    Sample(
      "program", "bin/old",
      BinarySamples.goProgram("go1.17.1", "path\tx\nmod\tx\t(devel)\t\ndep\ta.org/b\tv1.2.3\th1\n", pointers: true),
      ["stdlib 1.17.1", "x (devel)", "a.org/b 1.2.3"]),
    Sample(
      "program", "bin/rust",
      BinarySamples.elf(sections: [
        (".text", [UInt8](repeating: 0x90, count: 40)),
        (".dep-v0", zlib(#"{"packages":[{"name":"libc","version":"0.2.1","source":"crates.io"}]}"#)),
      ]), ["libc 0.2.1"]),
  ]

  /// zlib data without compression (RFC 1950, RFC 1951, section 3.2.4).
  private static func zlib(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    var (a, b) = (1, 0)
    for byte in bytes {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return [0x78, 0x01, 0x01] + BinarySamples.little(bytes.count, 2) + BinarySamples.little(~bytes.count, 2) + bytes
      + BinarySamples.big(b << 16 | a, 4)
  }

  static func read(_ sample: Sample, _ bytes: [UInt8]) -> Extraction {
    PackageExtractors.extractor(for: sample.path)?.read(bytes, sample.path)
      ?? PackageExtractors.program(bytes, sample.path)
  }
}

@Suite struct ExtractorSampleTests {
  @Test func everyExtractorHasASample() {
    #expect(Set(ExtractorSamples.all.map(\.extractor)) == Set(PackageExtractors.all.map(\.name)))
    for sample in ExtractorSamples.all {
      #expect(PackageExtractors.extractor(for: sample.path)?.name == sample.extractor, "\(sample.path)")
    }
  }

  @Test(arguments: (ExtractorSamples.all + ExtractorSamples.programs).indices)
  func samplesHoldTheirPackages(_ index: Int) {
    let sample = (ExtractorSamples.all + ExtractorSamples.programs)[index]
    let found = ExtractorSamples.read(sample, sample.bytes)
    #expect(found.packages.map { "\($0.name) \($0.version)" } == sample.packages, "\(sample.path)")
    // What is known and not read is said.
    #expect(found.problems.isEmpty != Self.unread.contains(sample.extractor), "\(sample.path)")
  }

  /// What is known, and not read.
  private static let unread = ["bun.lockb", "rpm write-ahead log"]

  @Test func filesOfPackagesAreKnown() throws {
    for path in ["var/lib/rpm/Packages", "var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/Packages.db"] {
      let sample = try #require(ExtractorSamples.all.first { $0.path == path })
      let owned = try #require(PackageExtractors.extractor(for: path)).extract(sample.bytes, path).owned
      #expect(owned.map { "\($0.path) \($0.owner)" } == ["usr/bin/bash bash", "usr/bin/sh bash"], "\(path)")
    }
  }
}
