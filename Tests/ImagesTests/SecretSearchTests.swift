import Bytes
import Findings
import TestKit
import Testing

@testable import Images

/// Credentials in files of any size and in archives; what is not looked into is told, as a problem or by its kind.
@Suite struct SecretSearchTests {
  private static let token = "ghp_k3Jd9sLq2XbV7nRw5TzY8mHc4PfGa6k3Jd9s"
  private static let line = "TOKEN=\(token)\n"

  private static func search(
    _ bytes: [UInt8], _ path: String = "srv/x", limits: Limits = .standard, chunk: Int = 1 << 16
  ) -> SecretSearch {
    let search = SecretSearch(path: path, .usual, limits)
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + chunk)
      guard search.feed(Array(bytes[start..<end]).span.bytes) else { break }
      start = end
    }
    search.finish()
    let whole = SecretSearch(path: path, .usual, limits)
    whole.search(bytes)
    // In memory and as it comes it is the same.
    #expect(Set(whole.found) == Set(search.found))
    #expect(whole.unread.map(\.message) == search.unread.map(\.message) && whole.skipped == search.skipped)
    return search
  }

  private static func filler(_ bytes: Int, _ line: String = "nothing of interest stands in this line\n") -> [UInt8] {
    var all: [UInt8] = []
    let one = Array(line.utf8)
    while all.count < bytes { all += one }
    return all
  }

  /// Wherever it stands in a file that is too large to be held, once and with its line.
  @Test(arguments: [0, 700, 1 << 12, 60_000, 65_000, 65_500, 131_000, 200_000, 299_000])
  func largeTextsAreReadInWindows(_ place: Int) {
    var limits = Limits()
    limits.secretBytes = 1 << 16
    var bytes = Self.filler(300_000)
    let start = bytes[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    bytes.insert(contentsOf: Array(Self.line.utf8), at: start)
    let line = bytes[..<start].count { $0 == 0x0A } + 1
    let found = Self.search(bytes, limits: limits, chunk: 5_000).found
    #expect(found.map(\.rule) == ["github-token"] && found.map(\.line) == [line])
  }

  /// What a file of rules accepts is accepted in a large file as in a small one.
  @Test func whatIsAcceptedStaysSo() throws {
    let rules = try SecretRuleFile(
      Array("allow: [{rule: github-token, reason: a token of the tests}]".utf8), name: "rules.yaml", today: "2026-11-30"
    )
    var limits = Limits()
    limits.secretBytes = 1 << 16
    let search = SecretSearch(path: "srv/x", SecretScanner(rules), limits)
    search.search(Self.filler(100_000) + Array(Self.line.utf8))
    #expect(search.found.map(\.isAccepted) == [true])
  }

  /// One line of several megabytes, as programs write.
  @Test func largeLines() {
    var limits = Limits()
    limits.secretBytes = 1 << 16
    let bytes = Self.filler(150_000, "x,") + Array(";\(Self.token);".utf8) + Self.filler(150_000, "x,")
    let found = Self.search(bytes, limits: limits).found
    #expect(found.map(\.rule) == ["github-token"])
  }

  @Test func largeTextOfWindows() {
    var limits = Limits()
    limits.secretBytes = 1 << 16
    let text = String(decoding: Self.filler(100_000), as: UTF8.self) + Self.line
    var bytes: [UInt8] = [0xFF, 0xFE]
    for unit in text.utf16 { bytes += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
    #expect(Self.search(bytes, limits: limits, chunk: 4_097).found.map(\.rule) == ["github-token"])
  }

  // MARK: Archives

  /// What cannot be packed is empty, and nothing is found in it.
  private static func gzip(_ bytes: [UInt8]) -> [UInt8] { (try? Gzip.compress(bytes)) ?? [] }

  private static func tar(_ files: [(String, [UInt8])]) -> [UInt8] {
    var writer = TarWriter(time: 0)
    for (name, bytes) in files { writer.add(name, bytes) }
    writer.finish()
    return writer.bytes
  }

  private static func zip(_ files: [(String, [UInt8])]) -> [UInt8] {
    BinarySamples.zip(files.map { (name: $0.0, content: $0.1) })
  }

  private static let env = [("app/.env", Array(line.utf8)), ("app/a.bin", [UInt8](repeating: 0, count: 2000))]

  struct Archive: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let place: String
    var testDescription: String { name }
  }

  private static let archives: [Archive] = [
    Archive(name: "a.tar", bytes: tar(env), place: "srv/a.tar!app/.env"),
    Archive(name: "a.tgz", bytes: gzip(tar(env)), place: "srv/a.tgz!app/.env"),
    Archive(name: "a.tar.zst", bytes: (try? Zstandard.pack(tar(env))) ?? [], place: "srv/a.tar.zst!app/.env"),
    Archive(name: "dump.sql.gz", bytes: gzip(Array(line.utf8)), place: "srv/dump.sql.gz!dump.sql"),
    Archive(name: "a.zip", bytes: zip(env), place: "srv/a.zip!app/.env"),
    Archive(name: "app.jar", bytes: zip(env), place: "srv/app.jar!app/.env"),
    Archive(name: "picture.png", bytes: zip(env), place: "srv/picture.png!app/.env"),
    Archive(
      name: "deep.tgz", bytes: gzip(tar([("in.zip", zip([("b.tar", tar(env))]))])),
      place: "srv/deep.tgz!in.zip!b.tar!app/.env"),
  ]

  @Test(arguments: archives)
  func archivesAreLookedInto(_ archive: Archive) {
    for chunk in [100, 1 << 16] {
      let search = Self.search(archive.bytes, "srv/" + archive.name, chunk: chunk)
      #expect(search.found.map(\.path) == [archive.place] && search.unread.isEmpty)
    }
  }

  /// A file that is cut off, encrypted, too deep, too large, or of a kind that is not read is told with its path.
  @Test(
    arguments: [
      ("cut.tgz", Array(gzip(tar(env)).dropLast(20)), "cut-off"), ("cut.zip", Array(zip(env).dropLast(20)), "ZIP"),
      ("a.tar.xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00] + [UInt8](repeating: 7, count: 100), "xz is not read"),
      ("a.bz2", Array("BZh91AY".utf8) + [UInt8](repeating: 7, count: 100), "bzip2 is not read"),
      ("a.7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7-Zip is not read"),
      ("a.rar", Array("Rar!x".utf8), "RAR is not read"),
      ("bomb.gz", gzip([UInt8](repeating: 0x20, count: 40 << 20)), "bomb"),
    ] as [(String, [UInt8], String)])
  func whatIsNotReadIsTold(_ name: String, _ bytes: [UInt8], _ reason: String) {
    let search = Self.search(bytes, "srv/" + name)
    #expect(search.unread.count == 1 && search.unread.first?.location.file == "srv/" + name)
    #expect(search.unread.first?.message.contains(reason) == true, "\(search.unread.map(\.message))")
    #expect(search.unread.first?.hidesInput == true)
  }

  @Test func archivesTooDeep() {
    var bytes = Self.tar(Self.env)
    for index in 0..<8 { bytes = Self.tar([("\(index).tar", bytes)]) }
    let search = Self.search(bytes, "srv/a.tar")
    #expect(search.found.isEmpty && search.unread.count == 1)
  }

  @Test func archivesTooLarge() {
    var limits = Limits()
    limits.archiveBytes = 10_000
    let bytes = Self.gzip(Self.tar([("a.txt", Self.filler(20_000))]))
    #expect(Self.search(bytes, "srv/a.tgz", limits: limits).unread.count == 1)
    let zip = Self.zip([("a.txt", Self.filler(20_000))])
    #expect(Self.search(zip, "srv/a.zip", limits: limits).unread.count == 1)
  }

  /// What holds texts of people only by chance is counted by its kind, and makes no part of an image unread.
  @Test(
    arguments: [
      ("bin/x", [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 100), SecretSearch.Kind.program),
      ("srv/X.class", [0xCA, 0xFE, 0xBA, 0xBE] + [UInt8](repeating: 0, count: 100), .program),
      ("srv/x.png", [0x89, 0x50, 0x4E, 0x47] + [UInt8](repeating: 0, count: 100), .data),
      ("usr/share/x.xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .archive),
      ("var/cache/apt/archives/x.deb", Array("!<arch>\ndebian-binary".utf8), .archive),
    ] as [(String, [UInt8], SecretSearch.Kind)])
  func kindsAreCounted(_ path: String, _ bytes: [UInt8], _ kind: SecretSearch.Kind) {
    let search = Self.search(bytes, path)
    #expect(search.skipped == [kind: 1] && search.unread.isEmpty && search.found.isEmpty)
  }

  /// An ending says nothing: a text named like a picture is a text.
  @Test(arguments: ["srv/a.png", "srv/a.so", "srv/a.gz", "srv/a.map", "srv/a.pyc", "srv/a.mo"])
  func endingsHideNothing(_ path: String) {
    #expect(SecretScanner.wants(path))
    #expect(Self.search(Array(Self.line.utf8), path).found.map(\.rule) == ["github-token"])
  }

  // MARK: Configurations

  /// What a build was told, in arguments and in commands, in the forms of the classic builder and of BuildKit.
  @Test(arguments: [
    ("RUN /bin/sh -c curl -u admin:hG7tQ2zLw9 https://x.test/y # buildkit", "command-password"),
    ("/bin/sh -c curl -sS -uadmin:hG7tQ2zLw9 https://x.test/y | tar xz", "command-password"),
    ("/bin/sh -c apt-get update && curl --user admin:hG7tQ2zLw9 https://x.test", "command-password"),
    ("RUN |1 NPM_TOKEN=hG7tQ2zLw9 /bin/sh -c npm ci # buildkit", "named-credential"),
    ("ARG DB_PASSWORD=hG7tQ2zLw9", "named-credential"),
    ("/bin/sh -c #(nop)  ENV DB_PASSWORD=hG7tQ2zLw9", "named-credential"),
    ("RUN /bin/sh -c mysql -phG7tQ2zLw9 -e 'select 1'", "command-password"),
    ("RUN /bin/sh -c docker login -u x -p hG7tQ2zLw9 r.test", "command-password"),
    ("RUN /bin/sh -c echo done; sshpass -p hG7tQ2zLw9 ssh x.test", "command-password"),
    ("RUN /bin/sh -c git clone https://me:hG7tQ2zLw9@git.test/x", "url-password"),
    ("RUN /bin/sh -c curl -u $USER:$PASSWORD https://x.test", ""), ("ARG DB_PASSWORD", ""),
    ("RUN /bin/sh -c curl -fsSL https://x.test/y | sh", ""),
  ])
  func historiesAreRead(_ step: String, _ rule: String) throws {
    let text = JSONText.quoted(step)
    let document = try JSONReader.read(Array("{\"history\":[{\"created_by\":\(text)}]}".utf8))
    let found = ConfigurationSecrets.find(ImageConfiguration(document)).map(\.rule)
    #expect(found.isEmpty == rule.isEmpty, "\(found)")
    if rule.hasSuffix("-password") || rule == "named-credential", rule != "url-password" {
      #expect(found.contains(rule), "\(found)")
    }
  }

  @Test func settingsOfRunningAreRead() throws {
    let document = try JSONReader.read(
      Array(
        #"{"config":{"Env":["PASSWORD=hG7tQ2zLw9"],"Cmd":["redis-cli","-a","hG7tQ2zLw91"],"Healthcheck":{"Test":["CMD-SHELL","curl -u admin:hG7tQ2zLw912 http://x"]},"Entrypoint":["app","--password=hG7tQ2zLw9123"]}}"#
          .utf8))
    let places = Set(ConfigurationSecrets.find(ImageConfiguration(document)).map(\.path))
    #expect(
      places == [
        "ENV PASSWORD", "CMD", "HEALTHCHECK", "ENTRYPOINT",
      ])
  }
}

private enum JSONText {
  static func quoted(_ text: String) -> String {
    "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }
}
