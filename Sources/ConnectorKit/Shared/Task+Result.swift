extension Task where Failure == Never {
  /// The value of a task that several wait for; when one of them is cancelled, so is the task: they belong to one run.
  package func result() async -> Success {
    await withTaskCancellationHandler {
      await value
    } onCancel: {
      cancel()
    }
  }
}
