using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("SparseNas.Training.Tests")]
[assembly: InternalsVisibleTo("SparseNas.Benchmarks")]
