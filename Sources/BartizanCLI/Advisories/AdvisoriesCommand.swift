import ArgumentParser
import Bytes
import Collect
import Findings
import Glibc
import Images
import Transport

struct AdvisoriesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advisories", abstract: "Known vulnerabilities: kept on disk, asked, compared.",
    discussion: """
      EXAMPLES
        bartizan advisories update --source mirror/osv
        bartizan advisories query PyPI django 2.2
        bartizan advisories show CVE-2021-44228
        bartizan advisories compare Debian 1.2-1 1.2-1+b1

      The store is one compact file, made from OSV records, and used without a network.
      """,
    subcommands: [
      AdvisoriesUpdateCommand.self, AdvisoriesInfoCommand.self, AdvisoriesQueryCommand.self,
      AdvisoriesShowCommand.self, AdvisoriesCompareCommand.self,
    ])
}

/// Where the store is.
struct StoreOptions: ParsableArguments {
  @Option(help: "Folder of the advisory store; otherwise below XDG_CACHE_HOME or ~/.cache.", completion: .directory)
  var store: String?

  var folder: String { store ?? UserFolder.cache("advisories") }

  var file: String { folder + "/advisories.bin" }
  var riskFile: String { folder + "/risks.bin" }

  /// What is known of exploitation; nothing where it was never fetched.
  func risks() throws -> RiskIndex {
    guard access(riskFile, F_OK) == 0 else { return .empty }
    let bytes = try FileReader.read(riskFile)
    do throws(DocumentError) {
      return try RiskIndex(bytes)
    } catch {
      throw BartizanError(.input, "\(riskFile): \(error.message)")
    }
  }

  func open() throws -> AdvisoryStore {
    do {
      return try AdvisoryStore(try MappedFile(file))
    } catch let error as BartizanError {
      throw BartizanError(.input, "\(error.message); `bartizan advisories update` makes the store")
    } catch let error as DocumentError {
      throw BartizanError(.input, "\(file): \(error.message)")
    }
  }
}
