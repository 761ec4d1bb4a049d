import Access
import ArgumentParser
import Findings
import Operations

struct RBACCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rbac", abstract: "Who can do what, how far it reaches, and the least they need.",
    discussion: """
      EXAMPLES
        bartizan rbac can ci/runner create deployments.apps -n shop -f cluster.yaml
        bartizan rbac who-can get secrets -n payments -f manifests/
        bartizan rbac paths --to cluster-admin -f manifests/

      A subject is NAMESPACE/NAME for a service account, group:NAME for a group, and NAME for a user.
      """,
    subcommands: [
      RBACCanCommand.self, RBACCanGrantCommand.self, RBACWhoCanCommand.self, RBACWhatCanCommand.self,
      RBACSubjectsCommand.self,
      RBACUnusedCommand.self, RBACDiffCommand.self, RBACPathsCommand.self, RBACReviewCommand.self,
      RBACLeastPrivilegeCommand.self, RBACComponentCommand.self,
    ])
}

extension Input {
  /// The RBAC objects of files and a cluster; problems are printed to standard error.
  static func inventory(_ files: [String], _ cluster: ClusterOptions? = nil) async throws -> AccessInventory {
    let inventory = AccessInventory(try await snapshot(files, cluster))
    return told(inventory)
  }

  fileprivate static func told(_ inventory: AccessInventory) -> AccessInventory {
    StandardError.lines(inventory.problems)
    return inventory
  }

  /// The requests of audit logs; nil without any log. Lines that cannot be read are told on standard error.
  static func auditLog(_ files: [String]) async throws -> ReadAuditLog? {
    guard !files.isEmpty else { return nil }
    let log = try await AuditLogFiles.read(files)
    StandardError.lines(log.problems)
    return log
  }
}

extension FileOptions {
  /// Who holds what in the files and a cluster; trouble is told on standard error.
  func inventory(_ cluster: ClusterOptions, and others: [String] = []) async throws -> AccessInventory {
    Input.told(AccessInventory(try await snapshot(cluster, and: others)))
  }
}

/// Groups of the user that is asked about: they stand in the credential, so that no object of a cluster tells them.
struct GroupOptions: ParsableArguments {
  @Option(
    name: .customLong("group"),
    help: "A group of the user, besides those that the server and the input tell. Repeatable.")
  var groups: [String] = []

  /// The subject of an argument, and the inventory in which it is in these groups.
  ///
  /// - Parameter tellsStrangers: whether an account of which the input knows nothing is told of on standard error.
  /// - Throws: `BartizanError` for what names nobody, and for groups of what is no user.
  func subject(
    _ argument: String, in inventory: AccessInventory, tellsStrangers: Bool = true
  ) throws(BartizanError) -> (subject: AccessSubject, inventory: AccessInventory) {
    let subject = try inventory.subject(argument: argument)
    if tellsStrangers, !inventory.knows(subject) { StandardError.line(subject.notInTheInput) }
    guard !groups.isEmpty else { return (subject, inventory) }
    guard case .user(let name) = subject else {
      throw BartizanError(.usage, "--group is for a user: \(subject.text) is in the groups that the server gives it")
    }
    return (subject, inventory.with(groups: groups, ofUser: name))
  }
}
