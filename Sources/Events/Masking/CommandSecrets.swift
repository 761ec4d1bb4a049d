import Bytes

/// Secrets in commands: passwords as options of programs that take them so (`mysql -p…`, `redis-cli -a …`, `curl -u user:…`),
/// variables in front of a command, headers, keys of clouds. The command stays readable: only the secret itself goes.
///
/// A command stands in the address of an `exec` as arguments, in a pod as a list, or in a text as a line.
enum CommandSecrets {
  /// What an option of a program takes.
  private enum Taking {
    /// The secret is the next word, or what follows the option in the same word.
    case secret
    /// The secret is in the same word only (`mysql -psecret`, but `-p` asks).
    case attached
    /// `user:secret`, `user%secret`, `user,secret`.
    case pair
  }

  /// Programs by the beginnings of their names, with the options that hold secrets. What is called `--…password` and the like needs
  /// no entry (`SecretWords`).
  private static let options: [(programs: [String], options: [(name: StaticString, takes: Taking)])] = [
    (["mysql", "mariadb"], [("-p", .attached)]),
    (["redis-cli", "valkey-cli", "keydb-cli", "redli"], [("-a", .secret), ("--pass", .secret)]),
    (["sshpass"], [("-p", .secret)]),
    (
      ["curl"],
      [
        ("-u", .pair), ("--user", .pair), ("-U", .pair), ("--proxy-user", .pair), ("--oauth2-bearer", .secret),
        ("-b", .secret), ("--cookie", .secret), ("--pass", .secret), ("-E", .pair), ("--cert", .pair),
      ]
    ),
    (["wget"], [("--password", .secret)]),
    (["http", "https", "xh"], [("-a", .pair), ("--auth", .pair)]),
    (["mongo", "bsondump"], [("-p", .secret)]),
    (["ldap"], [("-w", .secret), ("-s", .secret)]),
    (["sqlcmd", "bcp", "tsql", "isql"], [("-P", .secret)]),
    (["cqlsh", "rabbitmqadmin", "az"], [("-p", .secret)]),
    (["mosquitto_", "ipmitool"], [("-P", .secret)]),
    (
      ["docker", "podman", "nerdctl", "helm", "oras", "crane", "skopeo", "buildah", "cosign", "regctl"],
      [
        ("-p", .secret), ("--creds", .pair), ("--src-creds", .pair), ("--dest-creds", .pair),
      ]
    ),
    (["unzip", "zip"], [("-P", .secret)]),
    (["7z", "7za", "7zr", "rar", "unrar"], [("-p", .attached), ("-hp", .attached)]),
    (["openssl"], [("-k", .secret), ("-K", .secret)]),
    (["smbclient", "rpcclient", "net"], [("-U", .pair)]),
    (["lftp"], [("-u", .pair)]),
    (["snmp"], [("-A", .secret), ("-X", .secret)]),
    (["influx"], [("-password", .secret)]),
    (["xfreerdp"], [("/p:", .attached)]),
  ]
  /// `docker run -p 80:80` maps a port, and so on: these options count after this word alone.
  private static let loginPrograms: Set<String> = [
    "docker", "podman", "nerdctl", "helm", "oras", "crane", "skopeo", "buildah", "cosign", "regctl", "az",
  ]
  /// Words in front of the program.
  private static let wrappers: Set<String> = [
    "sudo", "doas", "env", "nohup", "time", "exec", "command", "nice", "stdbuf", "setsid", "xargs", "busybox", "then",
    "do", "else", "!", "{", "kubectl-exec",
  ]
  private static let mostWords = 4_096
  private static let mostLevels = 3

  /// Words that a text must hold for `ranges` to find anything, in lower case; parts of `SecretWords.hints`.
  static let hints = [
    "mysql", "mariadb", "redis", "valkey", "keydb", "redli", "curl ", "http ", "mongo", "ldap", "sqlcmd", "bcp ",
    "tsql",
    "isql", "cqlsh", "rabbitmqadmin", "mosquitto_", "ipmitool", "docker ", "podman ", "nerdctl ", "helm ", "oras ",
    "crane ", "skopeo ", "buildah ", "cosign ", "regctl ", "unzip ", "zip ", "7z", "rar ", "chpasswd", "openssl ",
    "smbclient",
    "rpcclient", "lftp", "snmp", "influx", "xfreerdp", "akia", "asia", "-from-literal", "mc alias", "az login",
  ]

  // MARK: Words

  /// What a word holds that is secret.
  private enum Finding {
    case nothing
    /// A part of the word.
    case part(Range<Int>)
  }

  /// Goes over the words of one command or several.
  private struct Reader {
    private var program = ""
    private var isLogin = false
    private var followsKey = false
    private var next: Taking?
    private var isHeaderNext = false
    private var words = 0
    private var isLiteralNext = false

    init() {}

    /// Whether the next word is judged as a whole, blanks or not.
    var wantsWhole: Bool { next != nil || isHeaderNext || isLiteralNext }

    /// A word of the shell that ends a command.
    mutating func separate() { self = Reader() }

    mutating func read(_ word: Span<UInt8>) -> Finding {
      words += 1
      if let taking = next {
        next = nil
        if taking == .pair { return CommandSecrets.pair(word, from: 0) }
        return word.count == 0 || word[0] == 0x24 && word.count < 2 ? .nothing : .part(0..<word.count)
      }
      if isHeaderNext {
        isHeaderNext = false
        return CommandSecrets.header(word)
      }
      if isLiteralNext {
        isLiteralNext = false
        return CommandSecrets.value(word)
      }
      // Arguments may be given without their program.
      if program.isEmpty, word.count == 0 || word[0] != 0x2D {
        if let variable = CommandSecrets.variable(word) { return variable }
        let name = CommandSecrets.programName(word)
        if CommandSecrets.wrappers.contains(name) { return .nothing }
        program = name
        return .nothing
      }
      if let key = CommandSecrets.cloudKey(word) {
        followsKey = true
        return .part(key)
      }
      // `mc alias set NAME ADDRESS KEY SECRET`
      if program == "mc", words >= 7, words <= 8 { return .part(0..<word.count) }
      if followsKey, word.count == 40, !CommandSecrets.isPath(word) { return .part(0..<40) }
      if word.count == 5, word.starts(with: "login") { isLogin = true }
      if let variable = CommandSecrets.variable(word) { return variable }
      if word.starts(with: "pass:") && program == "openssl" { return .part(5..<word.count) }
      guard word.count > 1, word[0] == 0x2D || word[0] == 0x2F else { return .nothing }
      if word.count == 2 && word[1] == 0x48 || word.count == 8 && word.starts(with: "--header") {
        isHeaderNext = true
        return .nothing
      }
      if word.starts(with: "-H"), program == "curl" {
        return CommandSecrets.shifted(CommandSecrets.header(word.extracting(droppingFirst: 2)), 2)
      }
      if word.starts(with: "--header=") {
        return CommandSecrets.shifted(CommandSecrets.header(word.extracting(droppingFirst: 9)), 9)
      }
      if word.starts(with: "--from-literal=") {
        return CommandSecrets.shifted(CommandSecrets.value(word.extracting(droppingFirst: 15)), 15)
      }
      if word.count == 14, word.starts(with: "--from-literal") {
        isLiteralNext = true
        return .nothing
      }
      if !CommandSecrets.loginPrograms.contains(program) || isLogin || word.starts(with: "--") {
        for (name, takes) in CommandSecrets.options(of: program) where word.starts(with: name) {
          let length = name.utf8CodeUnitCount
          if word.count == length {
            if takes != .attached { next = takes }
            return .nothing
          }
          let isLong = word.starts(with: "--") || length > 2 && word[0] == 0x2D && takes != .attached
          var start = length
          if isLong {
            guard word[start] == 0x3D else { continue }
            start += 1
          }
          if takes == .pair { return CommandSecrets.pair(word, from: start) }
          return start < word.count ? .part(start..<word.count) : .nothing
        }
      }
      // `--password secret`: what it is called says it.
      var name = 0
      while name < word.count, word[name] == 0x2D { name += 1 }
      if name > 0, word.first(0x3D, from: name) == nil, SecretWords.announces(word, name..<word.count) {
        next = .secret
      }
      return .nothing
    }
  }

  private static func shifted(_ finding: Finding, _ offset: Int) -> Finding {
    guard case .part(let range) = finding else { return .nothing }
    return .part(range.lowerBound + offset..<range.upperBound + offset)
  }

  private static func options(of program: String) -> [(name: StaticString, takes: Taking)] {
    for (programs, options) in options {
      for name in programs {
        // Short names are whole; `mysql` stands for `mysqldump` too.
        if program == name || name.utf8.count > 3 && program.hasPrefix(name) { return options }
      }
    }
    return []
  }

  private static func programName(_ word: Span<UInt8>) -> String {
    var start = 0
    for place in 0..<word.count where word[place] == 0x2F { start = place + 1 }
    return word.extracting(droppingFirst: start).text.lowercased()
  }

  private static func isPath(_ word: Span<UInt8>) -> Bool { word.count > 0 && (word[0] == 0x2F || word[0] == 0x2D) }

  /// `NAME=value` where the name says that it is secret.
  private static func variable(_ word: Span<UInt8>) -> Finding? {
    guard word.count > 2, let sign = word.first(0x3D, from: 1, to: min(word.count, 129)), isName(word, 0..<sign) else {
      return nil
    }
    guard sign + 1 < word.count else { return .nothing }
    return SecretWords.isSecretVariable(word, 0..<sign) || SecretWords.announces(word, 0..<sign)
      ? .part(sign + 1..<word.count) : .nothing
  }

  private static func isName(_ word: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for place in range {
      switch word[place] {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: continue
      default: return false
      }
    }
    return !range.isEmpty
  }

  /// What follows the sign of `name=value`.
  private static func value(_ word: Span<UInt8>) -> Finding {
    guard let sign = word.first(0x3D, from: 0), sign + 1 < word.count else { return .nothing }
    return .part(sign + 1..<word.count)
  }

  /// What follows the user in `user:secret`.
  private static func pair(_ word: Span<UInt8>, from start: Int) -> Finding {
    for place in start..<word.count where [0x3A, 0x25, 0x2C].contains(word[place]) {
      return place + 1 < word.count ? .part(place + 1..<word.count) : .nothing
    }
    return .nothing
  }

  /// `Name: value`; the scheme of an authorization stays.
  private static func header(_ word: Span<UInt8>) -> Finding {
    guard let colon = word.first(0x3A, from: 0), SecretWords.announces(word, 0..<colon) else { return .nothing }
    var start = colon + 1
    while start < word.count, word[start] == 0x20 { start += 1 }
    if let blank = word.first(0x20, from: start), blank - start < 16, blank + 1 < word.count {
      let name = word.extracting(0..<colon).text.lowercased()
      if name.hasSuffix("authorization") { start = blank + 1 }
    }
    return start < word.count ? .part(start..<word.count) : .nothing
  }

  /// The id of a key of AWS.
  private static func cloudKey(_ word: Span<UInt8>) -> Range<Int>? {
    guard word.count == 20, word.starts(with: "AKIA") || word.starts(with: "ASIA") else { return nil }
    for place in 4..<20 {
      switch word[place] {
      case 0x30...0x39, 0x41...0x5A: continue
      default: return nil
      }
    }
    return 0..<20
  }

  // MARK: Lists

  /// The arguments of a command with their secrets hidden; nil for those that stay as they are.
  ///
  /// - Parameter before: what stands before them in another list.
  static func masked(_ words: [[UInt8]], after before: [[UInt8]] = []) -> [[UInt8]?] {
    var reader = Reader()
    for word in before.prefix(mostWords) { _ = reader.read(word.span) }
    return words.enumerated().map { index, word in
      guard index < mostWords else { return nil }
      // A word with blanks is a command of its own (`sh -c "…"`), or a sentence; options may hold some.
      let isLine = !reader.wantsWhole && word.first != 0x2D && word.contains(0x20)
      let finding = reader.read(isLine ? word.span.extracting(0..<0) : word.span)
      guard case .part(let range) = finding, !word.span.starts(range.lowerBound, with: SecretMask.mark) else {
        var output: [UInt8] = []
        return SecretMask.masked(word.span, &output) ? output : nil
      }
      var output = Array(word[..<range.lowerBound])
      SecretMask.mark.withUTF8Buffer { output.append(contentsOf: $0) }
      output += word[range.upperBound...]
      return output
    }
  }

  /// Of arguments in the query of an address (`command=…&command=…`), what stands in their place: as they are written
  /// there, with what is secret hidden.
  static func edits(inQuery bytes: Span<UInt8>, _ query: Range<Int>) -> [(range: Range<Int>, text: [UInt8])] {
    var places: [Range<Int>] = []
    var words: [[UInt8]] = []
    var start = query.lowerBound
    while start < query.upperBound, words.count < mostWords {
      let end = bytes.first(0x26, from: start, to: query.upperBound) ?? query.upperBound
      if let sign = bytes.first(0x3D, from: start, to: end),
        let pair = FormQuery.pairs(bytes.text(start..<end)).first, pair.name == "command"
      {
        places.append(sign + 1..<end)
        words.append(Array(pair.value.utf8))
      }
      start = end + 1
    }
    guard !words.isEmpty else { return [] }
    return zip(places, masked(words)).compactMap { place, word in word.map { (place, encoded($0)) } }
  }

  private static func encoded(_ word: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    for byte in word {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2A, 0x2F, 0x40, 0x2C: text.append(byte)
      default: text += Array(("%" + Hex.text([byte]).uppercased()).utf8)
      }
    }
    return text
  }

  // MARK: Lines

  /// The secrets in a line, which may hold several commands.
  static func ranges(_ bytes: Span<UInt8>, _ line: Range<Int>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var reader = Reader()
    var place = line.lowerBound
    var count = 0
    // `echo user:secret | chpasswd`
    let setsPasswords = bytes.firstPlace(of: "chpasswd", in: line) != nil
    while place < line.upperBound, count < mostWords {
      let byte = bytes[place]
      if byte == 0x20 || byte == 0x09 {
        place += 1
        continue
      }
      if isSeparator(byte) {
        reader.separate()
        place += 1
        continue
      }
      count += 1
      var quote: UInt8?
      let start = place
      var inner = place
      var end = place
      while place < line.upperBound {
        let byte = bytes[place]
        if let open = quote {
          if byte == 0x5C, open == 0x22, place + 1 < line.upperBound { place += 1 } else if byte == open { quote = nil }
        } else if byte == 0x22 || byte == 0x27 {
          quote = byte
        } else if byte == 0x5C, place + 1 < line.upperBound {
          place += 1
        } else if byte == 0x20 || byte == 0x09 || isSeparator(byte) {
          break
        }
        place += 1
      }
      end = min(place, line.upperBound)
      // A word in quotes as a whole is what stands in them; a quote within is part of it.
      if end - start >= 2, bytes[start] == 0x22 || bytes[start] == 0x27, bytes[end - 1] == bytes[start] {
        inner = start + 1
        end -= 1
      }
      let word = bytes.extracting(inner..<max(inner, end))
      if inner > start, word.first(0x20, from: 0) != nil, !reader.wantsWhole {
        // A command of its own (`sh -c "…"`), or a sentence.
        found += ranges(bytes, inner..<end)
        _ = reader.read(word.extracting(0..<0))
        continue
      }
      var finding = reader.read(word)
      if setsPasswords, case .nothing = finding { finding = pair(word, from: 0) }
      if case .part(let range) = finding {
        var part = inner + range.lowerBound..<inner + range.upperBound
        // Quotes around the value alone: `-p"secret"`.
        if part.count >= 2, [0x22, 0x27].contains(bytes[part.lowerBound]),
          bytes[part.upperBound - 1] == bytes[part.lowerBound]
        {
          part = part.lowerBound + 1..<part.upperBound - 1
        }
        if !part.isEmpty { found.append(part) }
      }
    }
    return found
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x3B, 0x7C, 0x26, 0x28, 0x29, 0x60, 0x0A: true
    default: false
    }
  }
}
