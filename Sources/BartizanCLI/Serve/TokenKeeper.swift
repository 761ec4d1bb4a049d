import Console
import Findings
import Operations
import Server
import Transport

/// The tokens of the server of events: those of a file, and the one that a variable or another file holds.
struct TokenKeeper: Sendable {
  private let path: String
  /// Whether the user named the file.
  private let isNamed: Bool
  private let own: String?

  /// - Parameter own: a token that the user chose.
  init(_ configuration: EventConfiguration, own: String?) {
    path = Self.file(tokens: configuration.tokens?.value, data: configuration.data?.value)
    isNamed = configuration.tokens != nil
    self.own = own
  }

  /// The file of the tokens: the one that is named, or else one beside the events.
  static func file(tokens: String?, data: String?) -> String {
    tokens ?? data.map { $0 + "/tokens.json" } ?? UserFolder.state("tokens.json")
  }

  /// The tokens as they are now.
  func list() throws(BartizanError) -> TokenList {
    var list = !isNamed && FilePaths.real(path) == nil ? TokenList() : try TokenFiles.read(path)
    if let own { list.add(own, .admin, name: "admin", created: "") }
    return list
  }

  /// The same, for a server that begins: where there is no token for its administrator, one is made.
  ///
  /// - Returns: the tokens, and the one that was made.
  func open(created: String) throws(BartizanError) -> (list: TokenList, made: String?) {
    var list = try list()
    guard !isNamed, !list.entries.contains(where: { $0.scope == .admin }) else { return (list, nil) }
    let made = list.make(.admin, name: "admin", created: created)
    try TokenFiles.write(list, path)
    return (list, made)
  }
}
