import Bytes

/// How secrets look in text, and the names that announce them.
enum SecretWords {
  /// Names of secret values, in lower case without hyphens, underscores and dots, by their length.
  private static let keys: [[[UInt8]]] = {
    var keys = [[[UInt8]]](repeating: [], count: longestKey + 1)
    for name in names { keys[name.utf8.count].append(Array(name.utf8)) }
    return keys
  }()

  private static let longestKey = 40
  private static let names = [
    "password", "passwd", "pwd", "passphrase", "secret", "clientsecret", "secretkey", "secretaccesskey",
    "awssecretaccesskey", "accesstoken", "refreshtoken", "idtoken", "token", "authtoken", "bearertoken",
    "sessiontoken", "awssessiontoken", "apikey", "apitoken", "privatekey", "authorization", "proxyauthorization",
    "cookie", "setcookie", "xamzsecuritytoken", "xamzsignature", "xapikey", "sig", "clientkeydata",
    "dockerconfigjson",
    "adminpassword", "masteruserpassword", "dbpassword", "rootpassword", "userpassword", "newpassword", "oldpassword",
    "currentpassword", "connectionstring", "pgpassword", "mysqlpwd", "redisauth", "rediscliauth", "sshpass",
    "accountkey", "sharedaccesskey", "encryptionkey", "xvaulttoken", "vaulttoken", "privatetoken", "jobtoken",
    "xauthtoken", "proxypassword",
  ]

  static func isSecretKey(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count >= 3, range.count <= longestKey else { return false }
    // Every member of every object is asked: nothing is allocated for it.
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longestKey) { key in
      var length = 0
      for place in range {
        let byte = bytes[place]
        if byte == 0x2D || byte == 0x5F || byte == 0x2E { continue }
        key[length] = Tokens.fold(byte)
        length += 1
      }
      return keys[length].contains { known in
        for place in 0..<length where known[place] != key[place] { return false }
        return true
      }
    }
  }

  /// Whether the key of a member says that its value is secret, however it is written: `POSTGRES_PASSWORD`, `dbPasswd`,
  /// `x-auth-token`, `user_pass`, `myToken`.
  static func isSecretMember(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count >= 3, range.count <= 128 else { return false }
    if isSecretKey(bytes, range) { return true }
    return memberEnds.contains { end in
      var place = range.upperBound
      for letter in end.word.reversed() {
        while place > range.lowerBound, isSeparator(bytes[place - 1]) { place -= 1 }
        guard place > range.lowerBound, Tokens.fold(bytes[place - 1]) == letter else { return false }
        place -= 1
      }
      guard end.isWord, place > range.lowerBound else { return true }
      // A word of its own, by a sign before it or a capital letter: `compass` is none.
      return isSeparator(bytes[place - 1]) || bytes[place] < 0x5B && bytes[place - 1] >= 0x61
    }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool { byte == 0x2D || byte == 0x5F || byte == 0x2E }

  private static let memberEnds: [(word: [UInt8], isWord: Bool)] = [
    ("password", false), ("passwd", false), ("passphrase", false), ("token", false), ("apikey", false),
    ("accesskey", false), ("secretkey", false), ("privatekey", false), ("encryptionkey", false), ("pwd", true),
    ("pass", true), ("secret", true),
  ].map { (Array($0.0.utf8), $0.1) }

  /// Environment variables: `DB_PASSWORD`, `GITHUB_TOKEN`.
  static func isSecretVariable(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count <= 128 else { return false }
    if isSecretMember(bytes, range) { return true }
    let name = bytes.extracting(range)
    return variableWords.contains { WordSequence.holds(name, $0.span) }
  }

  private static let variableWords: [[UInt8]] = [
    "password", "passwd", "secret", "token", "api_key", "apikey", "private_key", "access_key", "credential",
  ].map { Array($0.utf8) }

  private static let hints: [[UInt8]] =
    [
      "pass", "pwd", "secret", "token", "key", "auth", "bearer", "basic ", "eyj", "://", "cookie", "sig=", "gh", "xox",
      "ya29.", "glpat-", "exec?", "/exec",
    ].map { Array($0.utf8) } + CommandSecrets.hints.map { Array($0.utf8) }

  /// Whether a hint begins with two bytes, by the number that both make.
  private static let starts: [Bool] = {
    var starts = [Bool](repeating: false, count: 1 << 16)
    for hint in hints { starts[Int(hint[0]) << 8 | Int(hint[1])] = true }
    return starts
  }()

  /// Whether a text can contain anything that is hidden.
  static func mayHold(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count >= 6 else { return false }
    // Every string of every event that is shown passes here: one pass, whatever the number of hints.
    return starts.withUnsafeBufferPointer { starts in
      var before = Int(Tokens.fold(bytes[range.lowerBound])) << 8
      for place in range.lowerBound + 1..<range.upperBound {
        let byte = Int(Tokens.fold(bytes[place]))
        if starts[before | byte], isHint(bytes.extracting(place - 1..<range.upperBound)) { return true }
        before = byte << 8
      }
      return false
    }
  }

  /// Whether a text begins with a hint, in any case.
  private static func isHint(_ text: Span<UInt8>) -> Bool {
    hints.contains { hint in
      guard hint.count <= text.count else { return false }
      for place in hint.indices where Tokens.fold(text[place]) != hint[place] { return false }
      return true
    }
  }

  /// The end of a PEM private key that begins in the line at a position; nil where none does.
  static func keyBlock(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    let line = bytes.first(0x0A, from: start, to: end) ?? end
    guard let begin = bytes.firstPlace(of: "-----BEGIN ", in: start..<line),
      bytes.firstPlace(of: "PRIVATE KEY-----", in: begin..<line) != nil,
      let finish = bytes.firstPlace(of: "-----END ", in: begin..<end)
    else { return nil }
    return bytes.first(0x0A, from: finish, to: end) ?? end
  }

  /// Copies a text with its secrets hidden.
  static func mask(_ bytes: Span<UInt8>, _ range: Range<Int>, _ output: inout [UInt8]) -> Bool {
    guard mayHold(bytes, range) else {
      bytes.append(range, to: &output)
      return false
    }
    var isChanged = false
    var place = range.lowerBound
    var copied = place
    let edits = commandEdits(bytes, range)
    var next = 0
    while place < range.upperBound {
      while next < edits.count, edits[next].range.lowerBound < place { next += 1 }
      if next < edits.count, edits[next].range.lowerBound == place {
        bytes.append(copied..<place, to: &output)
        output += edits[next].text
        isChanged = true
        place = edits[next].range.upperBound
        copied = place
        next += 1
      } else if let secret = secret(bytes, place, range) {
        bytes.append(copied..<secret.lowerBound, to: &output)
        SecretMask.mark.withUTF8Buffer { output.append(contentsOf: $0) }
        isChanged = true
        place = max(secret.upperBound, place + 1)
        copied = secret.upperBound
      } else {
        place += 1
      }
    }
    bytes.append(copied..<range.upperBound, to: &output)
    return isChanged
  }

  /// What is secret in the commands of a text, and what stands in its place.
  private static func commandEdits(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [(range: Range<Int>, text: [UInt8])] {
    var edits: [(range: Range<Int>, text: [UInt8])] = []
    let mark = Array(SecretMask.mark.description.utf8)
    if let sign = bytes.first(0x3F, from: range.lowerBound, to: range.upperBound),
      bytes.firstPlace(of: "command=", in: sign..<range.upperBound) != nil
        || bytes.firstPlace(of: "exec", in: range.lowerBound..<sign) != nil
    {
      var end = sign + 1
      while end < range.upperBound, ![0x20, 0x22, 0x27, 0x09].contains(bytes[end]) { end += 1 }
      edits = CommandSecrets.edits(inQuery: bytes, sign + 1..<end)
    }
    for found in CommandSecrets.ranges(bytes, range) where !bytes.starts(found.lowerBound, with: SecretMask.mark) {
      if !edits.contains(where: { $0.range.overlaps(found) }) { edits.append((found, mark)) }
    }
    return edits.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// Whether a name in a text says that what follows it is secret: `X-Api-Key`, `admin_password`, `PGPASSWORD`, `userPass`.
  static func announces(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    // `pass: 7, fail: 2` is a result, while a member of that name holds a password.
    isSecretKey(bytes, range) || range.count > 4 && isSecretMember(bytes, range)
  }

  /// The secret that a word at a position announces.
  private static func secret(_ bytes: Span<UInt8>, _ place: Int, _ range: Range<Int>) -> Range<Int>? {
    let byte = bytes[place]
    let isStart = place == range.lowerBound || !Tokens.isPart(bytes[place - 1])
    switch byte {
    case 0x65 where isStart && bytes.starts(place, with: "eyJ"):
      return jwt(bytes, place, range.upperBound)
    case 0x42, 0x62:
      guard isStart else { return nil }
      for word in ["bearer ", "basic "] {
        let folded = Array(word.utf8)
        guard place + folded.count < range.upperBound,
          WordSequence.firstPlace(bytes.extracting(place..<place + folded.count), folded.span, from: 0) == 0
        else { continue }
        let end = tokenEnd(bytes, place + folded.count, range.upperBound)
        if end - place - folded.count >= 8 { return place + folded.count..<end }
      }
      return nil
    case 0x67, 0x78, 0x79:
      guard isStart else { return nil }
      for prefix in ["ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "ya29."]
        as [StaticString]
      where bytes.starts(place, with: prefix) {
        let end = tokenEnd(bytes, place, range.upperBound)
        if end - place >= prefix.utf8CodeUnitCount + 10 { return place..<end }
      }
      return nil
    case 0x3A where bytes.starts(place, with: "://"):
      return userInformation(bytes, place + 3, range.upperBound)
    case 0x2D where bytes.starts(place, with: "-----BEGIN "):
      guard let end = bytes.firstPlace(of: "-----END ", in: place..<range.upperBound),
        bytes.firstPlace(of: "PRIVATE KEY-----", in: place..<end) != nil,
        let begin = bytes.firstPlace(of: "KEY-----", in: place..<end)
      else { return nil }
      return begin + 8..<end
    case 0x3D, 0x3A: return assigned(bytes, place, range)
    case 0x20: return argument(bytes, place, range)
    default: return nil
    }
  }

  private static func tokenEnd(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var place = start
    while place < end {
      switch bytes[place] {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x2E, 0x2B, 0x2F, 0x3D, 0x7E: place += 1
      default: return place
      }
    }
    return place
  }

  /// Three parts of base64url, of which the first begins like `{"`.
  private static func jwt(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int>? {
    var place = start
    var dots = 0
    while place < end {
      switch bytes[place] {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: place += 1
      case 0x2E where dots < 2:
        dots += 1
        place += 1
      default:
        return dots == 2 && place - start >= 30 ? start..<place : nil
      }
    }
    return dots == 2 && place - start >= 30 ? start..<place : nil
  }

  /// The password of `scheme://user:password@host`.
  private static func userInformation(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int>? {
    var colon: Int?
    var place = start
    while place < end, place - start < 512 {
      switch bytes[place] {
      case 0x3A where colon == nil: colon = place
      case 0x40: return colon.map { $0 + 1 < place ? $0 + 1..<place : nil } ?? nil
      case 0x2F, 0x3F, 0x20, 0x22, 0x27, 0x0A: return nil
      default: break
      }
      place += 1
    }
    return nil
  }

  /// `password=…`, `"token": "…"`, `--secret=…`: what follows a sign behind a secret's name.
  private static func assigned(_ bytes: Span<UInt8>, _ sign: Int, _ range: Range<Int>) -> Range<Int>? {
    var end = sign
    while end > range.lowerBound, [0x20, 0x22, 0x27, 0x5C].contains(bytes[end - 1]), sign - end < 3 { end -= 1 }
    var start = end
    while start > range.lowerBound, isNamePart(bytes[start - 1]), end - start < 41 { start -= 1 }
    // The name ends in one of the words: `db.password`, `--admin-password`.
    guard start < end, announces(bytes, start..<end) else { return nil }
    var place = sign + 1
    while place < range.upperBound, bytes[place] == 0x20, place - sign < 3 { place += 1 }
    // Of an authorization the scheme stays, whatever it is called, and however short the rest is.
    if end - start >= 13, WordSequence.firstPlace(bytes.extracting(end - 13..<end), authorization.span, from: 0) == 0 {
      var blank = place
      while blank < range.upperBound, isNamePart(bytes[blank]), blank - place < 20 { blank += 1 }
      if blank > place, blank + 1 < range.upperBound, bytes[blank] == 0x20,
        ![0x20, 0x22, 0x27].contains(bytes[blank + 1])
      {
        return valueRange(bytes, blank + 1, range.upperBound)
      }
    }
    return valueRange(bytes, place, range.upperBound)
  }

  private static let authorization = Array("authorization".utf8)

  /// `--password …`.
  private static func argument(_ bytes: Span<UInt8>, _ blank: Int, _ range: Range<Int>) -> Range<Int>? {
    var start = blank
    while start > range.lowerBound, isNamePart(bytes[start - 1]), blank - start < 41 { start -= 1 }
    guard blank - start > 3, bytes[start] == 0x2D else { return nil }
    var name = start
    while name < blank, bytes[name] == 0x2D { name += 1 }
    guard name > start, announces(bytes, name..<blank) else { return nil }
    guard blank + 1 < range.upperBound, bytes[blank + 1] != 0x2D else { return nil }
    return valueRange(bytes, blank + 1, range.upperBound)
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x2E: true
    default: false
    }
  }

  private static func valueRange(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int>? {
    var place = start
    // A scheme stays: `Authorization: Bearer …` hides the rest by itself.
    for word in ["Bearer ", "Basic ", "bearer ", "basic "] as [StaticString] where bytes.starts(place, with: word) {
      return nil
    }
    if place < end, bytes[place] == 0x5C { place += 1 }
    var quote: UInt8?
    if place < end, bytes[place] == 0x22 || bytes[place] == 0x27 {
      quote = bytes[place]
      place += 1
    }
    let first = place
    while place < end {
      let byte = bytes[place]
      if let quote {
        if byte == quote { break }
        if byte == 0x5C {
          if place + 1 < end, bytes[place + 1] == quote { break }
          place += 1
        }
      } else if [0x20, 0x26, 0x2C, 0x3B, 0x22, 0x27, 0x0A, 0x7D, 0x29].contains(byte) {
        break
      }
      place += 1
    }
    let stop = min(place, end)
    guard stop > first, !bytes.starts(first, with: SecretMask.mark) else { return nil }
    return first..<stop
  }
}
