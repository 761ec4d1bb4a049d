import ArgumentParser
import Bytes
import Events
import Findings
import Operations
import Report
import Store
import Transport

/// How logs are read.
struct EventReadingOptions: ParsableArguments {
  @Option(help: "Format of the input: auto recognises each record by its content; csv and tsv are tables.")
  var inputFormat: InputFormatName = .auto
  @Option(
    help: ArgumentHelp(
      "Names of a table's columns where it has no header, such as @timestamp,user.name,,event.action; a column without a name is skipped. Implies csv.",
      valueName: "names"))
  var columns: String?
  @Option(
    help: ArgumentHelp(
      "Networks of proxies in front of the API server, whose addresses are not those of clients. Repeatable. Loopback always is.",
      valueName: "cidr"))
  var trustedProxies: [String] = []
  @Option(
    help:
      "The cluster in which it happened, as every command reads one: events are joined with the pod, workload, node and image that they name. Repeatable.",
    completion: .file())
  var snapshot: [String] = []

  /// Formats of inputs.
  enum InputFormatName: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto
    case csv
    case tsv
  }

  func validate() throws {
    for text in trustedProxies where IPRange(cidr: text) == nil {
      throw ValidationError("--trusted-proxies \(text): no network, such as 10.0.0.0/8")
    }
  }

  func decodeOptions() async throws -> DecodeOptions {
    var options = DecodeOptions()
    if !snapshot.isEmpty { options.directory = PodDirectory(try await Input.snapshot(snapshot)) }
    // Logs of syslog have no year.
    options.reckonedFrom = Today.now
    options.trustedProxies = EventReading.ownProxies + trustedProxies.compactMap { IPRange(cidr: $0) }
    let names = columns.map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map { String($0.drop { $0 == " " }) }
    }
    switch inputFormat {
    case .auto: if let names { options.format = .csv(columns: names, delimiter: UInt8(ascii: ",")) }
    case .csv: options.format = .csv(columns: names ?? [], delimiter: UInt8(ascii: ","))
    case .tsv: options.format = .csv(columns: names ?? [], delimiter: 0x09)
    }
    return options
  }

  /// Whether nothing is asked for but what every log gets.
  var isUsual: Bool { inputFormat == .auto && columns == nil && trustedProxies.isEmpty && snapshot.isEmpty }
}

/// Where events come from.
struct EventInputOptions: ParsableArguments {
  @Option(
    name: [.long, .customShort("f")], parsing: .upToNextOption,
    help: "Logs: files (plain, gzip or zstd), folders of them, or - for standard input. Repeatable.",
    completion: .file())
  var input: [String] = []
  @Option(
    help: ArgumentHelp("The folder of a store of events, which `events import` fills.", valueName: "folder"),
    completion: .directory)
  var data: String?
  @Option(
    help: ArgumentHelp(
      "A server, such as https://bartizan.example:8787; its token, of scope read, is in BARTIZAN_TOKEN or --token-file.",
      valueName: "url"))
  var server: String?
  @Option(help: "The file that holds the token for --server.", completion: .file()) var tokenFile: String?
  @Option(help: "The authority, as PEM, of the certificate of --server.", completion: .file()) var serverCa: String?
  @OptionGroup var reading: EventReadingOptions

  /// Asks a question where it is to go.
  ///
  /// - Throws: `usage` where no input is named.
  func ask<T>(_ body: (EventQuestions) async throws -> T) async throws -> T {
    guard let server else {
      guard tokenFile == nil, serverCa == nil else {
        throw BartizanError(.usage, "--token-file and --server-ca go with --server")
      }
      return try await body(try await questions())
    }
    guard data == nil, input.isEmpty else {
      throw BartizanError(.usage, "--server, --data and --input name several places; choose one")
    }
    try checkReading("send them to the server, or give them to its configuration")
    return try await ServerAccess.ask(server, authority: serverCa, tokenFile: tokenFile) { client, url, token in
      try await body(.server(EventServerClient(client, url, token: token)))
    }
  }

  private func checkReading(_ instead: String) throws(BartizanError) {
    guard !reading.isUsual else { return }
    throw BartizanError(
      .usage, "--input-format, --columns, --trusted-proxies and --snapshot say how logs are read; \(instead)")
  }

  private func questions() async throws -> EventQuestions {
    if let data {
      guard input.isEmpty else { throw BartizanError(.usage, "--input and --data name two places; choose one") }
      try checkReading("give them to `events import`")
      return .store(try SQLiteEventStore(data, mode: .reading, now: { Today.now }))
    }
    guard !input.isEmpty else {
      throw BartizanError(
        .usage,
        "no input: name logs or folders of them with --input, - for standard input, a store with --data, or a server with --server"
      )
    }
    return .files(EventFiles(input, options: try await reading.decodeOptions()))
  }
}

/// The folder of a store of events that a command works on.
struct EventDataOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder of the store of events.", valueName: "folder"), completion: .directory)
  var data: String

  func reader() throws(BartizanError) -> SQLiteEventStore {
    try SQLiteEventStore(data, mode: .reading, now: { Today.now })
  }

  func writer() throws(BartizanError) -> SQLiteEventStore {
    let store = try SQLiteEventStore(data, mode: .writing, now: { Today.now })
    StandardError.lines(store.problems)
    return store
  }
}

/// Which events are meant, and how they are shown.
struct EventQuestionOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only events from this time on: -15m, now-1d/d, 2026-11-28, 2026-11-28T07:30:00Z, or seconds since 1970.",
      valueName: "time"))
  var since: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("Only events before this time.", valueName: "time"))
  var until: String?
  @Flag(help: "Show values of Secrets, tokens and passwords in originals, which are hidden otherwise.")
  var reveal = false

  func question(_ query: String) throws(BartizanError) -> EventQuestion {
    try EventQuestion(query: query, since: since, until: until, now: Today.now)
  }
}

/// What is said beside answers about events.
enum EventTelling {
  /// Says on standard error what was not read or not understood.
  ///
  /// - Parameter timeless: number of events that a range of time left out for want of a time.
  /// - Returns: the basis of the answer.
  @discardableResult
  static func tell(_ reading: EventReading, timeless: Int = 0) -> EventBasis {
    StandardError.lines(reading.problems)
    let kept = reading.unparsed.values.reduce(0, +)
    if kept > 0 {
      let reasons = reading.unparsed.sorted { $0.key.rawValue < $1.key.rawValue }.map {
        "\($0.value) \($0.key.rawValue)"
      }
      StandardError.line(
        "\(Phrase.count(kept, "record")) of \(reading.events) could not be understood (\(reasons.joined(separator: ", "))) and \(kept == 1 ? "is" : "are") kept as \(Dataset.unparsed.rawValue)"
      )
    }
    let generic = [
      (Dataset.json, "JSON of no known source"), (.text, "plain text"), (.logfmt, "key=value pairs of no known source"),
    ].compactMap { dataset, title in
      reading.datasets[dataset].map { "\($0) \($0 == 1 ? "is" : "are") \(title) (\(dataset.rawValue))" }
    }
    if !generic.isEmpty {
      StandardError.line("of \(Phrase.count(reading.events, "event")) \(generic.joined(separator: ", "))")
    }
    if reading.lost > 0 { StandardError.line("\(Phrase.count(reading.lost, "record")) lost, as said above") }
    if timeless > 0 {
      StandardError.line(
        "\(Phrase.count(timeless, "event")) without a time \(timeless == 1 ? "was" : "were") left out by --since and --until"
      )
    }
    return reading.basis(timeless: timeless)
  }

  /// A word on a question that found nothing although it may only be misspelt.
  static func tellNothingFound(_ question: EventQuestion) {
    for path in question.paths {
      let near = FieldID.nearest(path).map { "; did you mean \($0.name)?" } ?? ";"
      StandardError.line(
        "nothing found; \(path) is no field of the schema and was looked for in the originals\(near) `bartizan events fields` lists what there is"
      )
    }
  }

  /// A word on names in options that may only be misspelt: a column without values, or a group of none, does not tell.
  static func tellNames(_ names: [String]) {
    var told: Set<String> = []
    for name in names where FieldID(name: name) == nil && told.insert(name).inserted {
      guard let near = FieldID.nearest(name) else { continue }
      StandardError.line(
        "\(name) is no field of the schema and was looked for in the originals; did you mean \(near.name)?")
    }
  }

  /// Ends a command whose answer is not the whole.
  static func finish(_ reading: EventReading) throws(ExitCode) {
    if !reading.isWhole { throw ExitCode(ExitStatus.unknown) }
  }
}
