import Bytes
import Images
import TestKit
import Testing

/// What packages and releases are called by advisories, package URLs and files of a system, as they mean the same.
@Suite struct ReleaseNameTests {
  private static func isFound(_ ecosystem: String, _ name: String, _ fixed: String, _ purl: String) throws -> Bool? {
    let record =
      #"{"id":"A","affected":[{"package":{"ecosystem":"\#(ecosystem)","name":"\#(name)"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"\#(fixed)"}]}]}]}"#
    var builder = AdvisoryStoreBuilder()
    builder.add(try #require(Advisory(try JSONReader.read(record))))
    let store = try AdvisoryStore(try builder.bytes(sources: [], built: "now"))
    let package = try #require(SoftwarePackage(purl: try PackageURL(purl), path: "bill"))
    let answer = try AdvisoryQuery(package).run(store)
    return answer.undecided.isEmpty ? !answer.matches.isEmpty : nil
  }

  /// The ecosystem of a record, the qualifier of a package URL, and whether one speaks of the other.
  @Test(
    arguments: [
      ("Ubuntu:24.04:LTS", "pkg:deb/ubuntu/curl@8?distro=ubuntu-24.04.1", true),
      ("Ubuntu:Pro:22.04:LTS", "pkg:deb/ubuntu/curl@8?distro=jammy", true),
      ("Ubuntu:Pro:FIPS-updates:22.04:LTS", "pkg:deb/ubuntu/curl@8?distro=ubuntu-22.04", false),
      ("Ubuntu:20.04:LTS", "pkg:deb/ubuntu/curl@8?distro=ubuntu-22.04", false),
      ("Debian:sid", "pkg:deb/debian/curl@8?distro=debian-unstable", true),
      ("Debian:12", "pkg:deb/debian/curl@8?distro=debian%2012", true),
      ("Debian:12", "pkg:deb/debian/curl@8?distro=12", true),
      ("Alpine:v3.18", "pkg:apk/alpine/curl@8?distro=alpine-v3.18", true),
      ("Alpine:edge", "pkg:apk/alpine/curl@8?distro=edge", true),
      ("Wolfi", "pkg:apk/wolfi/curl@8?arch=x86_64", true),
      ("Amazon Linux:2023", "pkg:rpm/amazon/curl@8?distro=amazonlinux-2023.4.20240319", true),
      ("Amazon Linux:2018.03", "pkg:rpm/amazon/curl@8?distro=amzn-2018.03", true),
      ("Red Hat:rhel_eus:9.4::appstream", "pkg:rpm/redhat/curl@8?distro=rhel-9.4", false),
      ("Red Hat:enterprise_linux:9::appstream", "pkg:rpm/redhat/curl@8?distro=rhel-9.4", true),
      ("SUSE:Linux Enterprise Module for Basesystem 15 SP4", "pkg:rpm/suse/curl@8?distro=sles-15.5", false),
      ("SUSE:Linux Enterprise Server for SAP Applications 15 SP5", "pkg:rpm/suse/curl@8?distro=sles-15.5", true),
      ("openSUSE:Tumbleweed", "pkg:rpm/opensuse/curl@8?distro=opensuse-tumbleweed-20240101", true),
      ("openEuler:22.03-LTS-SP3", "pkg:rpm/openeuler/curl@8?distro=openeuler-22.03-LTS-SP1", false),
      ("Azure Linux:2", "pkg:rpm/cbl-mariner/curl@8?distro=cbl-mariner-2.0.20230526", true),
    ])
  func ofDistributions(_ ecosystem: String, _ purl: String, _ expected: Bool) throws {
    #expect(try Self.isFound(ecosystem, "curl", "99", purl) == expected)
  }

  /// Names and versions of languages' packages; nil where it cannot be told.
  @Test(
    arguments: [
      ("RubyGems", "nokogiri", "1.11.0", "pkg:gem/nokogiri@1.11.0-x86_64-linux", false),
      ("RubyGems", "nokogiri", "1.11.0", "pkg:gem/nokogiri@1.10.9-java", true),
      ("Go", "stdlib", "1.20.2", "pkg:golang/std@v1.20.1", true),
      ("Go", "stdlib", "1.20.2", "pkg:golang/stdlib@go1.20.1", true),
      ("Go", "github.com/Masterminds/goutils", "1.1.1", "pkg:golang/github.com/masterminds/goutils@v1.1.0", true),
      ("Go", "example.test/app", "1.1.1", "pkg:golang/example.test/app@(devel)", nil),
      ("SwiftURL", "https://github.com/vapor/vapor.git", "4.1.0", "pkg:swift/github.com/Vapor/vapor@4.0.0", true),
      ("VSCode", "ms-python.python", "2", "pkg:vscode-extension/ms-python/Python@1.0.0", true),
      ("opam", "dune", "3.1.0", "pkg:opam/dune@3.1.0~beta1", true),
      ("Julia", "HTTP", "1.1", "pkg:julia/HTTP@1.0.0?uuid=cd3eb016-35fb-5094-929b-558a96fad6f3", true),
      ("GitHub Actions", "tj-actions/changed-files", "46", "pkg:githubactions/tj-actions/Changed-Files@v45.0.0", true),
      ("Maven", "g:a", "2.0", "pkg:maven/g/a@$%7Bproject.version%7D", nil),
      ("npm", "JSONStream", "2.0.0", "pkg:npm/jsonstream@1.0.0", false),
    ] as [(String, String, String, String, Bool?)])
  func ofLanguages(_ ecosystem: String, _ name: String, _ fixed: String, _ purl: String, _ expected: Bool?) throws {
    #expect(try Self.isFound(ecosystem, name, fixed, purl) == expected)
  }

  /// Files of a system that tell which it is.
  @Test(
    arguments: [
      ("etc/os-release", "ID=ubuntu\nVERSION_ID=\"24.04\"\n", "Ubuntu:24.04"),
      (
        "etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux trixie/sid\"\nVERSION_CODENAME=trixie\n",
        "Debian:13"
      ),
      ("etc/os-release", "ID=\"mariner\"\nVERSION_ID=\"2.0.20240301\"\n", "Azure Linux:2"),
      ("etc/system-release", "Amazon Linux AMI release 2018.03\n", "Amazon Linux:2018.03"),
      ("etc/oracle-release", "Oracle Linux Server release 8.9\n", "Oracle Linux:8"),
      (
        "etc/SuSE-release", "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n",
        "SUSE:Linux Enterprise Server 11 SP4"
      ),
      (
        "etc/lsb-release", "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\nDISTRIB_CODENAME=trusty\n", "Ubuntu:14.04"
      ),
    ])
  func ofFiles(_ path: String, _ text: String, _ expected: String) {
    #expect(OperatingSystem(text, path: path)?.ecosystem?.text == expected)
    #expect(OperatingSystem.paths.contains(path))
  }

  /// A name without a version is told without one.
  @Test func titles() {
    #expect(OperatingSystem(namespace: "debian", distro: "bookworm")?.title == "debian bookworm")
    #expect(OperatingSystem(namespace: "wolfi", distro: "")?.title == "wolfi")
  }

  /// What lock files say of where and how a package is built is not its version.
  @Test(
    arguments: [
      (
        "Gemfile.lock",
        "GEM\n  specs:\n    ffi (1.15.0-java)\n    nokogiri (1.11.0)\n    nokogiri (1.11.0-x86_64-linux)\n    x (1.0.0.pre1)\n\nDEPENDENCIES\n  x\n",
        ["ffi 1.15.0", "nokogiri 1.11.0", "x 1.0.0.pre1"]
      ),
      (
        "app.deps.json",
        #"{"libraries":{"runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.0":{"type":"runtimepack"},"app/1.0.0":{"type":"project"}}}"#,
        ["Microsoft.NETCore.App.Runtime.linux-x64 8.0.0"]
      ),
      (
        "poetry.lock",
        "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"main\", \"dev\"]\n\n[[package]]\nname = \"b\"\nversion = \"1\"\ngroups = [\"dev\"]\n\n[metadata]\nlock-version = \"2.1\"\n",
        ["a 1"]
      ),
    ])
  func ofLockFiles(_ path: String, _ text: String, _ expected: [String]) throws {
    let found = try #require(PackageExtractors.extractor(for: path)).extract(Array(text.utf8), path)
    #expect(found.packages.map { "\($0.name) \($0.version)" } == expected)
  }

  /// GitHub gives out bills of materials within an object.
  @Test func ofGitHub() throws {
    let text =
      #"{"sbom":{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"x","packages":[{"SPDXID":"SPDXRef-1","name":"npm:lodash","versionInfo":"4.17.4","externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/lodash@4.17.4"}]}]}}"#
    let bill = try #require(SBOMReader(Array(text.utf8), file: "export.json"))
    #expect(bill.packages.map { "\($0.name) \($0.version)" } == ["lodash 4.17.4"])
  }

  /// A module that a folder replaces is the same module in a version that nobody knows.
  @Test func ofGoPrograms() {
    let bytes = BinarySamples.goProgram(
      "go1.22.1 X:boringcrypto",
      "path\tx.org/app\nmod\tx.org/app\t(devel)\t\ndep\ta.org/b\tv1.2.3\th1\n=>\t./b\t\t\ndep\tc.org/d\tv1.0.0\n=>\te.org/f\tv1.1.0\th1\n"
    )
    #expect(
      PackageExtractors.program(bytes, "app").packages.map { "\($0.name) \($0.version)" } == [
        "stdlib 1.22.1", "x.org/app (devel)", "a.org/b (devel)", "e.org/f 1.1.0",
      ])
  }
}
