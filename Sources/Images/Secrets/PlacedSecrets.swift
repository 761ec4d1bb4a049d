import Bytes

/// Credentials that no format tells, but the place where they stand: passwords of `.netrc` and `.pgpass`, logins of npm
/// registries, settings of configuration files by their names, arguments of commands in scripts and histories.
///
/// Prefers silence to noise: what looks like a placeholder, a reference or a word is none.
///
/// Sources: curl's documentation of `.netrc`; PostgreSQL 17, "The Password File"; npm's and Yarn's documentation of their
/// configuration files; the manuals of the commands.
package enum PlacedSecrets {
  /// What is read in a file, by its name.
  enum Format: Sendable {
    case settings
    case netrc
    case passwordFile
    case packageManager
    case commands
    /// Elements and attributes of XML.
    case markup
    /// Literals in source code.
    case source
    /// Statements for a database.
    case statements
  }

  /// Ids and titles of what is found here.
  package static let rules: [(id: String, title: String)] = [
    ("named-credential", "Credential, by its name"), ("netrc-password", "Password in .netrc"),
    ("pgpass-password", "Password in .pgpass"), ("npm-login", "Login of an npm registry"),
    ("command-password", "Password in the arguments of a command"),
  ]

  /// Commands whose `login` takes a password by `-p`; `helm registry login` is one as well.
  private static let registryClients: Set<String> = [
    "docker", "podman", "buildah", "skopeo", "nerdctl", "crane", "oras", "registry", "regctl", "cosign",
  ]

  /// Longer lines are data.
  private static let maximumLine = 4096
  private static let maximumInFile = 20

  static func format(of path: String) -> Format? {
    let name = (path.split(separator: "/").last.map(String.init) ?? path).lowercased()
    switch name {
    case ".netrc", "_netrc": return .netrc
    case ".pgpass", "pgpass.conf": return .passwordFile
    case ".npmrc", "npmrc", ".yarnrc", ".yarnrc.yml": return .packageManager
    case "makefile", "dockerfile", "crontab": return .commands
    case ".pypirc", ".s3cfg", ".boto", ".passwd-s3fs", ".dockercfg", "kubeconfig", ".my.cnf", "config":
      return name != "config" || path.hasSuffix(".kube/config") ? .settings : nil
    default: break
    }
    if name.hasSuffix("_history") || name.hasPrefix("dockerfile.") { return .commands }
    if name == ".env" || name == ".envrc" || name.hasPrefix(".env.") || name.hasSuffix(".env") { return .settings }
    return switch name.split(separator: ".", omittingEmptySubsequences: false).last.map(String.init) ?? "" {
    case "properties", "yml", "yaml", "json", "ini", "cnf", "conf", "cfg", "toml", "tfvars", "tfstate": .settings
    case "sql": SecretScanner.isPackaged(path) ? nil : .statements
    case "sh", "bash", "zsh": .commands
    case "xml", "config": .markup
    // Packages hold far more of it, and nothing that opens anything.
    case "py", "rb", "php", "js", "mjs", "cjs", "ts", "groovy", "gradle", "pl", "lua", "cs", "kt", "scala", "go",
      "java", "jsx", "tsx", "vue", "rs", "swift", "dart", "tf", "hcl", "ps1", "psm1":
      SecretScanner.isPackaged(path) ? nil : .source
    default: nil
    }
  }

  static func find(_ bytes: [UInt8], path: String) -> [FoundSecret] {
    format(of: path).map { find(bytes, as: $0, path: path) } ?? []
  }

  static func find(_ bytes: [UInt8], as format: Format, path: String) -> [FoundSecret] {
    var reader = Reader(path: path)
    func read(_ number: Int, _ line: ArraySlice<UInt8>) {
      guard line.count <= maximumLine, line.count >= 6 else { return }
      reader.line = number + 1
      let text = String(decoding: line, as: UTF8.self).drop { $0.isWhitespace }
      guard !text.hasPrefix("#"), !text.hasPrefix(";") else { return }
      switch format {
      case .settings: reader.setting(text)
      case .netrc: reader.login(text)
      case .passwordFile: reader.entry(text)
      case .packageManager: reader.registry(text)
      case .commands: reader.command(text)
      case .markup: reader.element(text)
      case .source: reader.literal(text)
      case .statements: reader.statement(text)
      }
    }
    let isJSON = format == .settings && [".json", ".tfstate"].contains { path.lowercased().hasSuffix($0) }
    // Most lines of most files hold no word of any credential.
    var telling = anchors(of: format).map { $0.lines(of: bytes)[...] }
    var (number, start) = (0, 0)
    while start < bytes.count, reader.found.count < maximumInFile {
      // Behind the name of an entry follows its value, whatever that is.
      if telling != nil, !reader.expectsValue {
        telling = telling?.drop { $0.range.lowerBound < start }
        guard let next = telling?.first else { break }
        (number, start) = (next.number, next.range.lowerBound)
      }
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      if isJSON, end - start <= maximumDocument {
        // Programs write documents without line breaks.
        for part in fields(bytes[start..<end]) { read(number, part) }
      } else {
        read(number, bytes[start..<end])
      }
      (number, start) = (number + 1, end + 1)
    }
    return reader.found
  }

  /// The longest line of a document in JSON whose fields are looked at.
  private static let maximumDocument = 1 << 20

  /// The fields in a line of JSON, each by itself; the line where it has one.
  private static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var start = line.startIndex
    var (isQuoted, isEscaped) = (false, false)
    for place in line.indices {
      let byte = line[place]
      if isQuoted {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else {
          isQuoted = byte != UInt8(ascii: "\"")
        }
      } else if byte == UInt8(ascii: "\"") {
        isQuoted = true
      } else if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") {
        if start < place { parts.append(line[start..<place]) }
        start = place + 1
      }
    }
    if start < line.endIndex { parts.append(line[start...]) }
    return parts
  }

  /// - Returns: what stands in every line in which something may be found; nil where any line may be one.
  private static func anchors(of format: Format) -> AnchorTable? {
    switch format {
    case .settings, .markup, .source: settingAnchors
    case .commands: commandAnchors
    case .statements: statementAnchors
    case .netrc, .passwordFile, .packageManager: nil
    }
  }

  private static let settingAnchors = Credential.anchors(and: ["name", "authorization", "securestring"])
  private static let statementAnchors = AnchorTable([("password", 0), ("identified", 0)], ignoresCase: true)
  private static let commandAnchors = Credential.anchors(and: [
    "mysql", "mariadb", "login", "sshpass", "redis-cli", "curl",
  ])

  private struct Reader {
    let path: String
    var line = 0
    var found: [FoundSecret] = []
    /// The name of an entry of a list whose value stands on the next line, as environment variables do in manifests.
    private var entryName: Substring?
    /// Whether the last line was the name of such an entry.
    var expectsValue: Bool { entryName != nil }

    init(path: String) { self.path = path }

    private mutating func add(_ rule: String, _ value: some StringProtocol) {
      found.append(FoundSecret(rule: rule, path: path, line: line, shown: "… (\(value.utf8.count) characters)"))
    }

    // MARK: Settings

    /// `NAME=VALUE`, `name: value` or `"name": "value"`.
    mutating func setting(_ text: Substring) {
      guard let (name, value) = PlacedSecrets.assignment(text) else {
        // `requirepass VALUE`
        if let value = LooseSecrets.directive(text), PlacedSecrets.isConvincing(value) {
          add("named-credential", value)
        }
        return
      }
      switch name {
      case "name":
        entryName = value
        return
      case "value":
        if let entryName, PlacedSecrets.isSecret(name: entryName, value) { add("named-credential", value) }
        entryName = nil
        return
      default: entryName = nil
      }
      if PlacedSecrets.isSecret(name: name, value) {
        add("named-credential", value)
      } else if let inner = PlacedSecrets.password(within: value), PlacedSecrets.isConvincing(inner) {
        add("named-credential", inner)
      }
    }

    /// `<password>VALUE</password>`, `<add key="password" value="VALUE"/>` and `password="VALUE"`.
    mutating func element(_ text: Substring) {
      if let open = text.firstIndex(of: "<"), let close = text[open...].firstIndex(of: ">"),
        let end = text[close...].firstIndex(of: "<")
      {
        let name = text[text.index(after: open)..<close].prefix { !$0.isWhitespace }
        let value = text[text.index(after: close)..<end]
        if name.utf8.allSatisfy({ Alphabet.dotted.contains($0) }), PlacedSecrets.isSecret(name: name, value) {
          return add("named-credential", value)
        }
      }
      if let name = PlacedSecrets.attribute("key", text) ?? PlacedSecrets.attribute("name", text),
        let value = PlacedSecrets.attribute("value", text), PlacedSecrets.isSecret(name: name, value)
      {
        return add("named-credential", value)
      }
      if let value = LooseSecrets.attribute(text) ?? PlacedSecrets.password(within: text),
        PlacedSecrets.isConvincing(value)
      {
        add("named-credential", value)
      }
    }

    /// `NAME = "VALUE"`, `"name": "VALUE"` and `define('NAME', 'VALUE')` of source code.
    mutating func literal(_ text: Substring) {
      if let value = PlacedSecrets.definition(text) ?? LooseSecrets.literal(text) ?? PlacedSecrets.secured(text) {
        return add("named-credential", value)
      }
      if let value = PlacedSecrets.authorization(text) { return add("named-credential", value) }
      if let inner = PlacedSecrets.password(within: text), text.contains("://") || text.contains(";"),
        PlacedSecrets.isConvincing(inner)
      {
        add("named-credential", inner)
      }
    }

    /// `PASSWORD 'VALUE'` and `IDENTIFIED BY 'VALUE'`.
    mutating func statement(_ text: Substring) {
      for words in ["identified by ", "password "] {
        guard let found = LooseSecrets.range(of: words, in: text) else { continue }
        let rest = text[found.upperBound...].drop { $0 == " " || $0 == "=" }
        if let value = LooseSecrets.quoted(rest), PlacedSecrets.isConvincing(value) {
          return add("named-credential", value)
        }
      }
    }

    // MARK: Files of logins

    /// `machine HOST login NAME password VALUE`, over one line or several.
    mutating func login(_ text: Substring) {
      let words = text.split(whereSeparator: \.isWhitespace)
      for (word, next) in zip(words, words.dropFirst()) where word == "password" && PlacedSecrets.isPassword(next) {
        add("netrc-password", next)
      }
    }

    /// `HOST:PORT:DATABASE:USER:PASSWORD`, with backslashes before colons.
    mutating func entry(_ text: Substring) {
      var fields: [String] = [""]
      var isEscaped = false
      for character in text {
        if character == ":", !isEscaped {
          fields.append("")
        } else if character != "\\" || isEscaped {
          fields[fields.count - 1].append(character)
        }
        isEscaped = character == "\\" && !isEscaped
      }
      guard fields.count == 5, let password = fields.last, PlacedSecrets.isPassword(password[...]) else { return }
      add("pgpass-password", password)
    }

    /// `_auth`, `_password` and `npmAuthIdent`, of all registries or of one.
    mutating func registry(_ text: Substring) {
      guard let separator = text.firstIndex(where: { $0 == "=" || $0 == " " }) else { return }
      let name = text[..<separator].split(separator: ":").last.map { $0.filter { $0 != "\"" } } ?? ""
      let value = PlacedSecrets.unquoted(text[text.index(after: separator)...])
      let logins: Set<String> = ["_auth", "_password", "npmAuthIdent", "npmAuthToken"]
      guard logins.contains(name), PlacedSecrets.isPassword(value) else { return }
      add("npm-login", value)
    }

    // MARK: Commands

    /// Options of the commands that take a password, headers of requests, and variables in front of commands.
    mutating func command(_ text: Substring) {
      let words = PlacedSecrets.words(text)
      let names = Set(words.map { $0.split(separator: "/").last.map(String.init) ?? $0 })
      let isMySQL = !names.isDisjoint(with: ["mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump"])
      let isCurl = names.contains("curl")
      let logsIn = zip(words, words.dropFirst()).contains {
        PlacedSecrets.registryClients.contains($0) && $1 == "login"
      }
      let takesP = names.contains("sshpass") || logsIn
      for (index, word) in words.enumerated() {
        let next = index + 1 < words.count ? words[index + 1][...] : ""
        if isMySQL, word.hasPrefix("-p"), !word.hasPrefix("--"), PlacedSecrets.isPassword(word.dropFirst(2)) {
          add("command-password", word.dropFirst(2))
        } else if word.hasPrefix("--password="), PlacedSecrets.isPassword(word.dropFirst(11)) {
          add("command-password", word.dropFirst(11))
        } else if takesP, word == "-p" || word == "--password", PlacedSecrets.isPassword(next) {
          add("command-password", next)
        } else if names.contains("redis-cli"), word == "-a", PlacedSecrets.isPassword(next) {
          add("command-password", next)
        } else if isCurl, word == "-u" || word == "--user", let colon = next.firstIndex(of: ":"),
          PlacedSecrets.isPassword(next[next.index(after: colon)...])
        {
          add("command-password", next[next.index(after: colon)...])
        } else if isCurl, word.hasPrefix("-u"), !word.hasPrefix("--"), let colon = word.firstIndex(of: ":"),
          PlacedSecrets.isPassword(word[word.index(after: colon)...])
        {
          add("command-password", word[word.index(after: colon)...])
        } else if let bearer = PlacedSecrets.bearer(word), PlacedSecrets.isConvincing(bearer) {
          add("command-password", bearer)
        } else if !word.hasPrefix("-"), let (name, value) = PlacedSecrets.assignment(word[...]),
          PlacedSecrets.isSecret(name: name, value)
        {
          add("named-credential", value)
        }
      }
    }
  }

  // MARK: Words

  /// Words of a line of a shell; quotes are taken away, and nothing else is understood.
  private static func words(_ text: Substring) -> [String] {
    var words: [String] = []
    var word = ""
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character.isWhitespace || character == ";" || character == "|" || character == "&" {
        // Where one command ends and the next begins, as behind the times of zsh's history.
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  private static func assignment(_ text: Substring) -> (name: Substring, value: Substring)? {
    var rest = text
    // A comment of JSON or of properties, whatever it holds.
    guard !text.hasPrefix("//"), !text.hasPrefix("!") else { return nil }
    for prefix in ["export ", "set ", "- ", "ENV ", "ARG "] where rest.hasPrefix(prefix) {
      rest = rest.dropFirst(prefix.count)
    }
    guard let separator = rest.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
    let name = rest[..<separator].filter { $0 != "\"" && $0 != "'" && $0 != " " && $0 != "\t" }
    guard !name.isEmpty, name.utf8.count <= 80,
      name.utf8.allSatisfy({ Alphabet.dotted.contains($0) })
    else { return nil }
    return (name[...], unquoted(rest[rest.index(after: separator)...]))
  }

  /// Without what stands around a value: blanks, quotes, a comma behind it, a comment.
  private static func unquoted(_ text: Substring) -> Substring {
    var value = text.drop { $0 == " " || $0 == "\t" }
    while let last = value.last, last.isWhitespace || last == "," { value.removeLast() }
    if let first = value.first, first == "\"" || first == "'", let end = value.dropFirst().lastIndex(of: first) {
      return value[value.index(after: value.startIndex)..<end]
    }
    return value.split(separator: " #", maxSplits: 1, omittingEmptySubsequences: false).first ?? value
  }

  /// `password=VALUE` within an address or a line of several settings, and `;PWD=VALUE` of ODBC.
  private static func password(within value: Substring) -> Substring? {
    guard value.utf8.count > 12 else { return nil }
    guard
      let found = LooseSecrets.range(of: "password=", in: value) ?? LooseSecrets.range(of: ";pwd=", in: value)
    else { return nil }
    let rest = value[found.upperBound...].drop { $0 == "\"" || $0 == "'" || $0 == "\\" }
    return rest.prefix { !"&;\"'\\, ".contains($0) }
  }

  /// What stands behind the name of a scheme of HTTP; nil where there is none, or only a stand-in for it.
  static func scheme(_ value: Substring) -> Substring? {
    let words = value.split(separator: " ", omittingEmptySubsequences: true)
    guard words.count >= 2, ["basic", "bearer", "token", "apikey"].contains(words[0].lowercased()) else { return nil }
    let token = words[1].prefix { $0 != "\"" && $0 != "'" && $0 != ";" }
    return token.utf8.count >= 8 && isConvincing(token) ? token : nil
  }

  /// The token of an `Authorization` header.
  private static func bearer(_ word: String) -> Substring? {
    guard word.lowercased().hasPrefix("authorization:"), let space = word.lastIndex(of: " ") else { return nil }
    let token = word[word.index(after: space)...]
    return token.utf8.count >= 16 ? token : nil
  }

  /// `NAME="VALUE"` of an element.
  private static func attribute(_ name: String, _ text: Substring) -> Substring? {
    for quote in ["\"", "'"] {
      guard let start = text.firstRange(of: " \(name)=\(quote)")?.upperBound else { continue }
      return text[start...].prefix { String($0) != quote }
    }
    return nil
  }

  /// `define('NAME', 'VALUE')` of PHP.
  private static func definition(_ text: Substring) -> Substring? {
    guard text.hasPrefix("define(") else { return nil }
    let parts = text.dropFirst(7).split(separator: ",", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    let name = parts[0].filter { $0 != "'" && $0 != "\"" && $0 != " " }
    let rest = parts[1].drop { $0 == " " }
    guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
    let value = rest.dropFirst().prefix { $0 != quote }
    return isSecret(name: name[...], value) ? value : nil
  }

  /// `ConvertTo-SecureString "VALUE" -AsPlainText` of PowerShell.
  private static func secured(_ text: Substring) -> Substring? {
    guard text.contains("-AsPlainText"), let name = text.firstRange(of: "ConvertTo-SecureString") else { return nil }
    let rest = text[name.upperBound...]
    guard let quote = rest.first(where: { $0 == "\"" || $0 == "'" }), let open = rest.firstIndex(of: quote) else {
      return nil
    }
    let value = rest[rest.index(after: open)...].prefix { $0 != quote }
    return isConvincing(value) ? value : nil
  }

  /// The token of a header that code sends: `"Authorization", "Bearer VALUE"`.
  private static func authorization(_ text: Substring) -> Substring? {
    guard let name = text.firstRange(of: "uthorization") else { return nil }
    for scheme in ["Bearer ", "Basic "] {
      guard let found = text[name.upperBound...].prefix(40).firstRange(of: scheme) else { continue }
      let value = text[found.upperBound...].prefix { !"\"'`, )".contains($0) }
      if value.utf8.count >= 16, isConvincing(value) { return value }
    }
    return nil
  }

  // MARK: Judgement

  /// Names that end so without a line between their words, beside those of `Credential`.
  private static let joined = ["secretkey", "accesskey", "privatekey", "authtoken", "accesstoken", "clientsecret"]

  static func isSecret(name: Substring, _ value: Substring) -> Bool {
    guard isConvincing(value) else { return false }
    if Credential.isCredential(name: String(name), value: String(value)) { return true }
    let lower = name.lowercased()
    return joined.contains { lower.hasSuffix($0) }
  }

  /// Where the place says that it is a password, almost anything is one.
  static func isPassword(_ value: Substring) -> Bool {
    value.utf8.count >= 4 && value != "****" && !isPlaceholder(value)
  }

  /// Where only a name says so, a value has to look like one: long enough, of several kinds of characters, and no word.
  static func isConvincing(_ value: Substring) -> Bool {
    guard (8...2048).contains(value.utf8.count), !isPlaceholder(value) else { return false }
    var (lower, upper, digits, marks) = (0, 0, 0, 0)
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): lower += 1
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): upper += 1
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"): break
      case 0x21...0x7E: marks += 1
      default: return false
      }
    }
    let kinds = [lower, upper, digits, marks].count { $0 > 0 }
    guard kinds >= 2, lower + upper > 0, digits + marks > 0 || upper > 1 && lower > 1 && value.utf8.count >= 16 else {
      return false
    }
    // `X-Auth-Token-Header` is a name.
    if digits + marks == 0, value.contains("-"), value.split(separator: "-").allSatisfy(isCapitalized) { return false }
    let isPath = value.hasPrefix("/") || value.hasPrefix("./") || value.hasPrefix("~")
    let isAddress = value.contains("://")
    return !isPath && !isAddress && entropy(value) >= 2.75
  }

  private static func isCapitalized(_ word: Substring) -> Bool {
    let rest = word.utf8.dropFirst()
    return rest.allSatisfy { $0 &- 0x61 < 26 } || rest.allSatisfy { $0 &- 0x41 < 26 }
  }

  private static let placeholders = [
    "example", "changeme", "change-me", "change_me", "replace", "placeholder", "your", "dummy", "sample", "xxxx",
    "****",
    "....", "insert", "redacted", "hidden", "todo", "secretkeyref", "valuefrom", "vault:", "ref+", "enc[", "arn:aws",
    "sops",
    "password", "passwort", "passw0rd", "lookup(", "env.", "process.", "getenv", ".pem", ".key", ".crt", ".json",
    ".yaml",
    ".txt", "foobar", "none", "null", "undefined",
  ]

  private static func isPlaceholder(_ value: Substring) -> Bool {
    if let first = value.first, "$%<[{(@!&*".contains(first) { return true }
    if value.contains("${") || value.contains("$(") || value.contains("{{") || value.contains("<%") { return true }
    let lower = value.lowercased()
    return placeholders.contains { lower.contains($0) }
  }

  private static func entropy(_ value: Substring) -> Double {
    Array(value.utf8).withUnsafeBufferPointer { Alphabet.entropy($0[0..<$0.count]) }
  }
}
