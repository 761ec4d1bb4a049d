import ArgumentParser
import Bytes
import Findings
import Operations
import Store
import Transport

/// Where alerts and incidents are kept, and who works on them.
struct AlertDeskOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The folder of the store of events, with what was found in it.", valueName: "folder"),
    completion: .directory)
  var data: String?
  @Option(
    help: ArgumentHelp(
      "A server, such as https://bartizan.example:8787; its token, of scope read to ask and admin to change, is in BARTIZAN_TOKEN or --token-file.",
      valueName: "url"))
  var server: String?
  @Option(help: "The file that holds the token for --server.", completion: .file()) var tokenFile: String?
  @Option(help: "The authority, as PEM, of the certificate of --server.", completion: .file()) var serverCa: String?
  @Option(
    help: ArgumentHelp("With --data: who works on it, for the history; USER by default.", valueName: "name"))
  var author: String?

  private static let longestName = 255

  /// Asks where it is to be asked.
  ///
  /// - Throws: `usage` where no place is named.
  func ask<T>(_ body: (AlertDesk) async throws -> T) async throws -> T {
    guard let server else {
      guard tokenFile == nil, serverCa == nil else {
        throw BartizanError(.usage, "--token-file and --server-ca go with --server")
      }
      guard let data else {
        throw BartizanError(
          .usage, "name where alerts are kept: the folder of a store with --data, or a server with --server")
      }
      let store = try SQLiteAlertStore(data, mode: .existing, now: { Today.now })
      let user = Environment.value("USER").flatMap { $0.isEmpty ? nil : $0 }
      let name = author ?? user ?? "unknown"
      guard !name.isEmpty, name.utf8.count <= Self.longestName else {
        throw BartizanError(.usage, "--author: from 1 to \(Self.longestName) bytes are wanted")
      }
      return try await body(.store(store, author: name, now: Today.now))
    }
    guard data == nil else { throw BartizanError(.usage, "--server and --data name two places; choose one") }
    guard author == nil else {
      throw BartizanError(.usage, "--author goes with --data; a server knows who shows the token")
    }
    return try await ServerAccess.ask(server, authority: serverCa, tokenFile: tokenFile) { client, url, token in
      try await body(.server(AlertServerClient(client, url, token: token)))
    }
  }
}

/// Which alerts or incidents are asked for.
struct AlertFilterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "new, acknowledged, closed, several with commas, or all; what is not closed by default.", valueName: "states"),
    completion: .list(["new", "acknowledged", "closed", "all"]))
  var state: String?
  @Option(
    help: ArgumentHelp("At least this severe: info, low, medium, high, critical.", valueName: "severity"),
    completion: .list(Severity.allCases.map(\.name)))
  var severity: String?
  @Option(help: ArgumentHelp("Found by this rule.", valueName: "id")) var rule: String?
  @Option(help: ArgumentHelp("Done by this user or account.", valueName: "name")) var actor: String?
  @Option(help: ArgumentHelp("Assigned to this person.", valueName: "name")) var assignee: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What went on at this time or later: -15m, now-1d/d, 2026-11-28.", valueName: "time"))
  var since: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("What began before this time.", valueName: "time"))
  var until: String?
  @Option(help: "Show at most this many, the latest ones.") var limit = 100

  var question: AlertQuestion {
    var question = AlertQuestion()
    question.state = state
    question.severity = severity
    question.rule = rule
    question.actor = actor
    question.assignee = assignee
    question.since = since
    question.until = until
    question.limit = limit
    return question
  }
}

/// Which alerts or incidents are worked on, and what is said of it.
struct TriageOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("Ids, as `list` shows them.", valueName: "id")) var ids: [String]
  @Option(help: ArgumentHelp("What there is to say, for the history.", valueName: "text")) var comment: String?
}
