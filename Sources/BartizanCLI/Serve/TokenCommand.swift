import ArgumentParser
import Findings
import Report
import Server
import Transport

struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Make tokens that clients show to `bartizan serve`.",
    subcommands: [TokenCreateCommand.self])
}

struct TokenCreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a token, print it once, and keep its hash.",
    discussion: """
      EXAMPLES
        bartizan token create --scope admission --name "API server of prod"
        bartizan token create --scope ingest --name "audit log of prod" \\
          --data /var/lib/bartizan
        bartizan token create --scope read --tokens /etc/bartizan/tokens.json

      A token is good for what its scope says: asking the admission webhook (admission), sending events (ingest), asking \
      for events and reading metrics (read), or all of it (admin). It is shown as `Authorization: Bearer TOKEN`, as the \
      password of Basic, or as senders know it: `Splunk TOKEN`, `ApiKey`, the code of Sumo Logic. `bartizan serve` reads \
      the file when it starts, and the server of events whenever it changes. To take a token back, remove its entry from \
      the file.
      """)

  @Option(help: "What it is good for.") var scope: TokenScope
  @Option(help: "What it is for, in your words.") var name = ""
  @Option(help: "The file that keeps the hashes; below --data or XDG_STATE_HOME by default.", completion: .file())
  var tokens: String?
  @Option(
    help: ArgumentHelp("The folder that `bartizan serve --data` keeps events in.", valueName: "folder"),
    completion: .directory)
  var data: String?
  @OptionGroup var output: OutputOptions<TokenCreatedAnswer>

  func run() throws {
    let path = TokenKeeper.file(tokens: tokens, data: data)
    var list = FilePaths.real(path) == nil ? TokenList() : try TokenFiles.read(path)
    let created = Today.moment
    let token = list.make(scope, name: name, created: created)
    // The hash first: a token that nobody knows of is of no use.
    try TokenFiles.write(list, path)
    try output.give(
      TokenCreatedAnswer(token: token, scope: scope.rawValue, name: name, created: created, file: path))
    if output.formats == [.table] {
      StandardError.line(
        "its hash is kept in \(path); the token itself is nowhere else. A server that runs knows it within ten seconds")
    }
  }
}

extension TokenScope: ExpressibleByArgument {}
