import Testing

@testable import Images

@Suite struct AnchorTableTests {
  private static let words = ["pass", "://", "ab1", "abcd", "bcd", "$1$"]

  /// Text of a few letters, the same for a seed.
  private static func text(_ seed: UInt64) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    let letters = Array("abcdABCD1$:/pPasS\n".utf8)
    return (0..<400).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return letters[Int(state % UInt64(letters.count))]
    }
  }

  /// The table finds what a search for each text alone finds.
  @Test(arguments: 0..<20, [true, false]) func everyPlaceIsFound(_ seed: Int, _ ignoresCase: Bool) {
    let bytes = Self.text(UInt64(seed))
    let table = AnchorTable(Self.words.enumerated().map { ($1, $0) }, ignoresCase: ignoresCase)
    var found = Set<[Int]>()
    bytes.withUnsafeBufferPointer { buffer in
      table.search(buffer) { place, anchor in
        found.insert([place, anchor.number])
        return true
      }
    }
    func plain(_ byte: UInt8) -> UInt8 { ignoresCase && byte &- 0x41 < 26 ? byte | 0x20 : byte }
    var expected = Set<[Int]>()
    for (number, word) in Self.words.enumerated() {
      let wanted = Array(word.utf8)
      for place in 0...(bytes.count - wanted.count)
      where bytes[place..<place + wanted.count].map(plain) == wanted {
        expected.insert([place, number])
      }
    }
    #expect(found == expected)
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    var telling: [Int] = []
    for (index, line) in lines.enumerated() where expected.contains(where: { line.indices.contains($0[0]) }) {
      telling.append(index)
    }
    #expect(table.lines(of: bytes).map(\.number) == telling)
    #expect(table.lines(of: bytes).map { Array(bytes[$0.range]) } == telling.map { Array(lines[$0]) })
  }

  @Test func shortInput() {
    let table = AnchorTable([("pass", 0)], ignoresCase: true)
    #expect(table.lines(of: []).isEmpty && table.lines(of: Array("pa".utf8)).isEmpty)
    #expect(table.lines(of: Array("x\nPASS".utf8)).map(\.range) == [2..<6])
  }

  /// Whatever may be found in a line, the line is read: names and values by themselves, and the value behind a name.
  @Test(arguments: [
    "spring.datasource.password=Harbour27blue!", "db_pwd: Harbour27blue!", "API_TOKEN=abc123def456ghi789",
    "aws_secret: wJalrXUtnFEMIK7MDENG", "accessKey = wJalrXUtnFEMIK7MDENG", "credentials: Harbour27blue!",
    "REDIS_AUTH=Harbour-27-blue!", "- name: DB_PASSWORD\n  value: Harbour27blue!",
    "x\n- name: DB_PASSWORD\n\n  value: Harbour27blue!\nz", "conn=Server=db;Password=S3cr3tPa55;",
  ])
  func nothingIsPassedOver(_ text: String) {
    #expect(!PlacedSecrets.find(Array("first\n\(text)\nlast".utf8), as: .settings, path: "").isEmpty)
  }

  @Test(arguments: [
    "mysql -uroot -pHarbour27", "docker login -u a -p Harbour27blue", "sshpass -p Harbour27 ssh a",
    "redis-cli -a Harbour27blue ping", "curl -u admin:Harbour27 https://a.example", "x --password=Harbour27",
    "curl -H 'Authorization: Bearer aB3dE6gH9jK2mN5p' a",
  ])
  func commandsAreNotPassedOver(_ text: String) {
    #expect(!PlacedSecrets.find(Array("first\n\(text)\nlast".utf8), as: .commands, path: "").isEmpty)
  }
}
