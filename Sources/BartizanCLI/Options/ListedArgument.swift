import ArgumentParser

/// A value that is one of a few, so that shells complete it and refusals list it.
protocol ListedArgument: ExpressibleByArgument {}

extension ListedArgument {
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
