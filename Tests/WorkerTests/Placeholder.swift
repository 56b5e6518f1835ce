import Testing

@Suite struct WorkerPlaceholder {}
