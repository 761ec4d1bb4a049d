import Bytes
import Findings
import Images
import PodSecurity
import Posture
import TestKit
import Testing

@Suite struct ImageReviewTests {
  static func configuration(_ text: String) throws -> ImageConfiguration {
    ImageConfiguration(try JSONReader.read(text))
  }

  static func steps(_ commands: [String], settings: String = "{}") throws -> ImageConfiguration {
    let history = commands.map { command in
      var writer = JSONWriter(pretty: false)
      writer.object { $0.field("created_by", command) }
      return String(decoding: writer.bytes, as: UTF8.self)
    }
    return try configuration(#"{"config":\#(settings),"history":[\#(history.joined(separator: ","))]}"#)
  }

  /// A layer of members with their permissions; a name that ends in a slash is a folder.
  static func layer(_ members: [(name: String, mode: Int, text: String)]) -> LayerFacts {
    var bytes: [UInt8] = []
    for member in members {
      let isFolder = member.name.hasSuffix("/")
      bytes += TarBuilder.header(
        name: member.name, size: member.text.utf8.count, type: isFolder ? "5" : "0", mode: member.mode)
      bytes += Array(member.text.utf8)
      bytes += [UInt8](repeating: 0, count: (512 - member.text.utf8.count % 512) % 512)
    }
    let scanner = LayerScanner(secrets: true)
    scanner.feed((bytes + [UInt8](repeating: 0, count: 1024)).span.bytes)
    return scanner.finish().facts
  }

  static func image(
    _ configuration: ImageConfiguration?, _ layers: [LayerFacts] = [], name: String = "app:1",
    isByReference: Bool = true, hasFiles: Bool = true
  ) -> ReviewedImage {
    var stack = LayerStack()
    for (index, facts) in layers.enumerated() { stack.add(facts, layer: index) }
    return ReviewedImage(
      name: name, isByReference: isByReference, configuration: configuration, packages: stack.packages,
      exposures: stack.exposures, caches: stack.caches, openAccounts: stack.openAccounts, secrets: stack.secrets,
      layers: layers.count, hasFiles: hasFiles)
  }

  static func ids(_ image: ReviewedImage) -> Set<String> { Set(ImageReview.judge(image).map(\.check.rawValue)) }

  static let fine = #"{"User":"10001","ExposedPorts":{"8080/tcp":{}},"Healthcheck":{"Test":["CMD","true"]}}"#

  struct Case: Sendable, CustomTestStringConvertible {
    let point: String
    var settings = ImageReviewTests.fine
    var steps: [String] = []
    var files: [(name: String, mode: Int, text: String)] = []
    var name = "app:1"
    var fires = true
    var testDescription: String {
      "\(point) \(fires ? "fires" : "is quiet"): \(steps.first ?? files.first?.name ?? settings)"
    }
  }

  static let dpkg =
    "Package: passwd\nStatus: install ok installed\nVersion: 1\n\nPackage: openssh-server\nStatus: install ok installed\nVersion: 9\n\n"

  static let cases: [Case] = [
    Case(point: "image-runs-as-root", settings: "{}"),
    Case(point: "image-runs-as-root", settings: #"{"User":"root:root"}"#),
    Case(point: "image-runs-as-root", settings: #"{"User":"0"}"#),
    Case(point: "image-runs-as-root", settings: #"{"User":"app"}"#, fires: false),
    Case(point: "image-no-health-check", settings: "{}"),
    Case(point: "image-no-health-check", settings: #"{"Healthcheck":{"Test":["NONE"]}}"#),
    Case(point: "image-no-health-check", fires: false),
    Case(point: "image-sensitive-port", settings: #"{"ExposedPorts":{"22/tcp":{}}}"#),
    Case(point: "image-sensitive-port", fires: false),
    Case(point: "image-latest-base", settings: #"{"Labels":{"org.opencontainers.image.base.name":"debian"}}"#),
    Case(
      point: "image-latest-base", settings: #"{"Labels":{"org.opencontainers.image.base.name":"debian:12"}}"#,
      fires: false),
    Case(
      point: "image-latest-base",
      settings:
        #"{"Labels":{"org.opencontainers.image.base.name":"debian@sha256:\#(String(repeating: "a", count: 64))"}}"#,
      fires: false),
    Case(point: "image-latest-tag", name: "registry.example/app"),
    Case(point: "image-latest-tag", name: "docker://app:latest"),
    Case(point: "image-latest-tag", fires: false),
    Case(point: "image-add-url", steps: ["/bin/sh -c #(nop) ADD https://example.org/a.tgz /opt/ "]),
    Case(point: "image-add-url", steps: ["ADD https://example.org/a.tgz /opt/ # buildkit"]),
    Case(
      point: "image-add-url", steps: ["ADD --checksum=sha256:00 https://example.org/a.tgz /opt/ # buildkit"],
      fires: false),
    Case(point: "image-add-url", steps: ["/bin/sh -c #(nop) ADD file:262490f82459 in / "], fires: false),
    Case(point: "image-add-url", steps: ["RUN /bin/sh -c echo ADD https://example.org/a /b # buildkit"], fires: false),
    Case(point: "image-pipes-download", steps: ["/bin/sh -c curl -sSL https://example.org/install | bash"]),
    Case(
      point: "image-pipes-download",
      steps: ["RUN /bin/sh -c wget -qO- https://example.org/i|sudo -E /bin/sh # buildkit"]),
    Case(
      point: "image-pipes-download",
      steps: ["RUN /bin/sh -c curl -o a https://example.org && sha256sum -c a.sum && sh a"], fires: false),
    Case(point: "image-pipes-download", steps: ["RUN /bin/sh -c curl https://example.org | tar x"], fires: false),
    Case(point: "image-pipes-download", steps: ["RUN sh -c \"$(curl -fsSL https://example.org/install)\""]),
    Case(point: "image-pipes-download", steps: ["RUN bash <(curl -s https://example.org/install)"]),
    Case(point: "image-pipes-download", steps: ["RUN bash -s -- -y < <(/usr/bin/wget -qO- https://example.org/i)"]),
    Case(point: "image-pipes-download", steps: ["RUN eval \"`curl https://example.org/env`\""]),
    Case(point: "image-pipes-download", steps: ["RUN apk add git && . <(curl https://example.org/env)"]),
    Case(
      point: "image-pipes-download", steps: ["RUN V=$(curl https://example.org/latest) && sh build.sh"], fires: false),
    Case(point: "image-pipes-download", steps: ["RUN curl -f https://example.org/x || sh fallback.sh"], fires: false),
    Case(point: "image-pipes-download", steps: ["RUN sh build.sh $(curl https://example.org/latest)"], fires: false),
    Case(point: "image-update-alone", steps: ["/bin/sh -c apt-get -qq update"]),
    Case(
      point: "image-update-alone", steps: ["RUN /bin/sh -c apt-get update && apt-get install -y curl"], fires: false),
    Case(point: "image-sudo", steps: ["|1 V=1 /bin/sh -c sudo make install"]),
    Case(point: "image-sudo", steps: ["RUN /bin/sh -c make install"], fires: false),
    Case(point: "image-account-without-password", files: [("etc/shadow", 0o600, "root:*:1::::::\nguest::1::::::\n")]),
    Case(point: "image-account-without-password", files: [("etc/shadow", 0o600, "root:*:1::::::\n")], fires: false),
    Case(point: "image-account-without-password", files: [("etc/passwd", 0o644, "root::0:0:root:/root:/bin/sh\n")]),
    Case(
      point: "image-account-without-password",
      files: [("etc/passwd", 0o644, "root:x:0:0:root:/root:/bin/sh\n+::::::\n")], fires: false),
    Case(point: "image-world-writable", files: [("opt/app/", 0o777, "")]),
    Case(point: "image-world-writable", files: [("etc/cron.d/job", 0o666, "x")]),
    Case(point: "image-world-writable", files: [("tmp/", 0o1777, ""), ("opt/", 0o755, "")], fires: false),
    Case(point: "image-strange-setuid-file", files: [("usr/local/bin/shell", 0o4755, "x")]),
    Case(
      point: "image-strange-setuid-file",
      files: [
        ("usr/bin/passwd", 0o4755, "x"), ("var/lib/dpkg/info/passwd.list", 0o644, "/bin\n/bin/passwd\n"),
        ("var/lib/dpkg/status", 0o644, dpkg),
      ], fires: false),
    Case(
      point: "image-setuid-file",
      files: [
        ("usr/bin/passwd", 0o4755, "x"), ("var/lib/dpkg/info/passwd.list", 0o644, "/usr/bin/passwd\n"),
        ("var/lib/dpkg/status", 0o644, dpkg),
      ]),
    Case(point: "image-setuid-file", files: [("usr/bin/passwd", 0o755, "x")], fires: false),
    // A file that nobody may run runs as nobody.
    Case(point: "image-strange-setuid-file", files: [("usr/local/bin/shell", 0o4644, "x")], fires: false),
    Case(point: "image-ssh-server", files: [("var/lib/dpkg/status", 0o644, dpkg)]),
    Case(point: "image-ssh-server", fires: false),
    Case(
      point: "image-package-cache",
      files: [("var/lib/apt/lists/deb.debian.org_Packages", 0o644, String(repeating: "x", count: 2 << 20))]),
    Case(point: "image-package-cache", files: [("var/lib/apt/lists/lock", 0o644, "x")], fires: false),
    Case(point: "image-credential", files: [("app/key.pem", 0o600, SecretText.privateKey)]),
    Case(point: "image-credential", settings: #"{"Env":["DB_PASSWORD=hunter2-and-more"]}"#),
    Case(point: "image-credential", fires: false),
  ]

  enum SecretText {
    static let privateKey =
      "-----BEGIN " + "PRIVATE KEY-----\n"
      + String(repeating: "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgabcd\n", count: 4)
      + "-----END PRIVATE KEY-----\n"
  }

  @Test(arguments: cases) func pointsFireAndAreQuiet(_ item: Case) throws {
    let configuration = try Self.steps(item.steps, settings: item.settings)
    let found = Self.ids(Self.image(configuration, [Self.layer(item.files)], name: item.name))
    #expect(found.contains(item.point) == item.fires, "\(found.sorted())")
  }

  @Test func everyPointHasACaseThatFiresAndOneThatDoesNot() {
    let points = Set(CheckCatalogue.imageChecks.map(\.metadata.id.rawValue))
    #expect(Set(Self.cases.filter(\.fires).map(\.point)) == points)
    #expect(Set(Self.cases.filter { !$0.fires }.map(\.point)) == points)
  }

  @Test func idsOfReviewsSayWhatIsReviewed() {
    let all = CheckCatalogue.all.map(\.metadata.id.rawValue)
    #expect(Set(all).count == all.count)
    #expect(CheckCatalogue.imageChecks.allSatisfy { $0.metadata.id.rawValue.hasPrefix("image-") })
    #expect(CheckCatalogue.registryChecks.allSatisfy { $0.metadata.id.rawValue.hasPrefix("registry-") })
  }

  /// What counts is what a container sees: an upper layer may replace a file, take it away, or change a folder's permissions.
  @Test func upperLayersMendWhatLowerOnesMadeWrong() {
    let wrong = Self.layer([
      ("opt/data/", 0o777, ""), ("usr/local/bin/a", 0o4755, "x"), ("usr/local/bin/b", 0o4755, "x"),
      ("srv/c", 0o666, "x"),
    ])
    let right = Self.layer([
      ("opt/data/", 0o755, ""), ("usr/local/bin/a", 0o755, "x"), ("usr/local/bin/.wh.b", 0o644, ""),
      ("srv/d", 0o666, "x"),
    ])
    let both = Self.image(nil, [wrong, right])
    #expect(both.exposures.map(\.path) == ["srv/c", "srv/d"])
    #expect(both.exposures.map(\.layer) == [0, 1])
    #expect(Self.image(nil, [wrong]).exposures.count == 4)
    // A folder that is only mentioned again hides nothing that lies in it.
    let above = Self.layer([("srv/", 0o755, "")])
    #expect(Self.image(nil, [wrong, above]).exposures.map(\.path).contains("srv/c"))
  }

  /// What a layer said is the same when it comes from what is known of it.
  @Test func exposuresAreKeptWithTheLayer() throws {
    let facts = Self.layer([
      ("opt/data/", 0o777, ""), ("usr/local/bin/a", 0o4755, "x"), ("etc/shadow", 0o600, "guest::1::::::\n"),
      ("var/cache/apk/index", 0o644, "xyz"),
    ])
    var known = try #require(LayerFacts(json: facts.json))
    known.paths = facts.paths
    #expect(known == facts)
    #expect(known.exposures.count == 2 && known.caches.count == 1 && known.openAccounts == ["etc/shadow": ["guest"]])
  }

  /// No password's sum is kept.
  @Test func sumsOfPasswordsAreNotKept() {
    let facts = Self.layer([("etc/shadow", 0o600, "root:$6$abcdefgh$0123456789:1::::::\nguest::1::::::\n")])
    #expect(!String(decoding: facts.json, as: UTF8.self).contains("0123456789"))
  }

  @Test(
    arguments: [
      ("/bin/sh -c #(nop)  CMD [\"nginx\"]", "CMD", "[\"nginx\"]"),
      ("/bin/sh -c apt-get update", "RUN", "apt-get update"),
      ("RUN /bin/sh -c apt-get update # buildkit", "RUN", "apt-get update"),
      ("RUN |2 A=1 B=two /bin/sh -c make # buildkit", "RUN", "make"),
      ("|1 A=1 /bin/sh -c make", "RUN", "make"),
      ("|1 PATH=/usr/bin/x /bin/sh -c make", "RUN", "make"),
      ("RUN /bin/ash -eo pipefail -c make # buildkit", "RUN", "make"),
      ("COPY a b # buildkit", "COPY", "a b"), ("USER 1000", "USER", "1000"), ("", "RUN", ""), ("|", "RUN", "|"),
      ("ENTRYPOINT [\"/x\"]", "ENTRYPOINT", "[\"/x\"]"), ("bazel build ...", "RUN", "bazel build ..."),
    ])
  func stepsAreReadAsTheirBuildersWriteThem(_ text: String, _ instruction: String, _ arguments: String) {
    let step = BuildStep(text)
    #expect(step.instruction == instruction && step.arguments == arguments)
  }

  @Test func strangeStepsDoNoHarm() throws {
    var random = SeededRandom(seed: 3)
    let seeds = Self.cases.flatMap(\.steps).map { Array($0.utf8) }
    for _ in 0..<500 {
      let text = String(decoding: random.mutated(random.pick(seeds)), as: UTF8.self)
      _ = ImageReview.judge(Self.image(try Self.steps([text])))
    }
  }

  /// Configurations as real builders write them, from another reviewer's tests: all run as root, without a health check, and none
  /// adds a URL.
  @Test(.enabled(if: SharedData.isPresent, "the shared data is not beside this checkout"))
  func configurationsOfRealBuildersAreRead() throws {
    let folder = "images/fixtures/dockle/pkg/assessor/manifest/testdata"
    let files = SharedData.files(folder).filter { $0.hasSuffix(".json") }
    #expect(files.count == 6)
    for file in files {
      let configuration = try Self.configuration(try FileReaderForTests.text(file))
      #expect(!configuration.history.isEmpty)
      let found = Self.ids(Self.image(configuration))
      #expect(found == ["image-no-health-check", "image-runs-as-root"], "\(file)")
    }
  }

  /// Nothing passes that was not looked at.
  @Test func whatTheInputLacksIsNotEvaluated() throws {
    let whole = try Self.steps(["RUN true"])
    let squashed = try Self.steps([])
    func missing(_ image: ReviewedImage) -> Set<String> {
      Set(ImageReview.notEvaluated(image).compactMap { $0.check?.rawValue })
    }
    let ofSteps: Set = ["image-add-url", "image-pipes-download", "image-update-alone", "image-sudo"]
    #expect(missing(Self.image(whole)) == [])
    #expect(missing(Self.image(squashed)) == ofSteps)
    let bill = missing(Self.image(nil, hasFiles: false))
    #expect(bill.isSuperset(of: ofSteps))
    #expect(bill.count == CheckCatalogue.imageChecks.count - 2)
    #expect(!bill.contains("image-latest-tag") && !bill.contains("image-ssh-server"))
  }
}
