internal import Storage

extension WorkerError {
  /// Names a failure of the store.
  init(_ error: StorageError) {
    switch error.code {
    case .locked: self.init(.locked, error.description)
    case .stateMoved, .notFound, .invalid: self.init(.badInput, error.description)
    case .permissions: self.init(.notPermitted, error.description)
    default: self.init(.store, error.description)
    }
  }
}

/// Calls `body` and gives errors of the store the worker's names.
func naming<R>(_ body: () throws -> R) throws -> R {
  do { return try body() } catch let error as StorageError { throw WorkerError(error) }
}
