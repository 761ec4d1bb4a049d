/// What a look at a registry shows, before anybody judges it.
package struct RegistryObservation: Sendable {
  /// A tag of a repository and what it points to.
  package struct Image: Sendable {
    package let repository: String
    package let tag: String
    package let digest: String
    /// When it was built, RFC 3339; empty where it does not tell, nil where it could not be asked for.
    package let created: String?
    /// Whether a signature was found beside it; nil where it could not be asked for.
    package let isSigned: Bool?

    /// `REPOSITORY:TAG`.
    package var reference: String { "\(repository):\(tag)" }

    package init(repository: String, tag: String, digest: String, created: String?, isSigned: Bool?) {
      self.repository = repository
      self.tag = tag
      self.digest = digest
      self.created = created
      self.isSigned = isSigned
    }
  }

  /// What the cloud that a repository lies in tells of it; nil for what it does not tell.
  package struct Repository: Sendable {
    package let name: String
    /// What everybody may do: actions of a policy, or roles.
    package var openActions: [String] = []
    package var isPublic: Bool?
    package var canMoveTags: Bool?
    /// Whether nothing says what is taken away with time.
    package var isKeptForever: Bool?
    package var scansOnPush: Bool?

    package init(name: String) { self.name = name }

    /// Whether everybody may change what is in it.
    package var isOpenForWriting: Bool {
      openActions.contains { action in
        let word = action.split(separator: ":").last.map(String.init) ?? action
        return ["*", "Put", "Upload", "Initiate", "Complete", "Delete", "BatchDelete", "Set", "Create"].contains {
          $0 == "*" ? word == "*" : word.hasPrefix($0)
        } || ["writer", "repoAdmin", "admin", "owner", "editor"].contains { action.hasSuffix($0) }
      }
    }
  }

  package let registry: String
  /// Whether it speaks HTTP without TLS, in which everything can be read and changed on its way.
  package var isPlain = false
  /// Whether TLS older than 1.2 is accepted; nil where that was not tried.
  package var acceptsOldTLS: Bool?
  /// What is wrong with its certificate; nil for nothing.
  package var certificateTrouble: String?
  /// The last day of its certificate, `YYYY-MM-DD`; nil where it was not seen.
  package var certificateEnds: String?
  package var repositories: [Repository] = []
  /// Whether somebody without a login gets in.
  package var answersAnybody = false
  /// Whether somebody without a login is told what there is.
  package var listsForAnybody = false
  /// What it is made with, where its own interface tells anybody; nil where it does not.
  package var product: String?
  /// Whether anybody may make an account; nil where it does not tell.
  package var letsAnybodySignUp: Bool?
  /// Whether somebody without a login may begin to push; nil where that was not tried.
  package var takesFromAnybody: Bool?
  /// Whether manifests can be deleted, so that a name may come to mean another image; nil where that was not tried.
  package var allowsDeletion: Bool?
  package var images: [Image] = []
  /// What could not be seen.
  package var gaps: [String] = []

  package init(registry: String) { self.registry = registry }
}
