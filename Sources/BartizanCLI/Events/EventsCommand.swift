import ArgumentParser

struct EventsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Logs of a cluster: find, count and understand what happened.",
    discussion: """
      EXAMPLES
        bartizan events search \\
          'user.name: "system:anonymous" and http.response.status_code < 400' \\
          --input audit.log
        bartizan events count 'event.outcome: failure' --count-by user.name \\
          --input /var/log/kubernetes
        bartizan events fields --input falco.jsonl
        kubectl logs -n kube-system kube-apiserver-cp | bartizan events tail --input -
        bartizan events import /var/log/kubernetes --data /var/lib/bartizan

      `events import` keeps them in a folder, from which the same questions are answered faster.

      Audit logs in every shape in which they travel, container logs, Falco, Tetragon, flows, registries, syslog and more \
      become events with the names of the Elastic Common Schema. Each record is recognised by its content. Queries are \
      written in the Kibana Query Language.
      """,
    subcommands: [
      EventsSearchCommand.self, EventsCountCommand.self, EventsShowCommand.self, EventsTailCommand.self,
      EventsFieldsCommand.self, EventsTemplatesCommand.self, EventsSourcesCommand.self, EventsImportCommand.self,
      EventsStatusCommand.self, EventsVerifyCommand.self, EventsPruneCommand.self,
    ])
}
