using System.Diagnostics;
using System.Globalization;
using SparseNas.Training;

namespace SparseNas.Benchmarks.Training;

/// <summary>One process of <c>torch_peer.py</c> or <c>numpy_peer.py</c>, asked round by round.</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly Process process;

    private PythonPeer(Process process) => this.process = process;

    /// <summary>Version of PyTorch or NumPy.</summary>
    public string Version { get; private init; } = "";

    /// <summary>Starts a peer, or gives null where Debian's package with the library that it needs is not installed.</summary>
    public static PythonPeer? Start(string script)
    {
        script = Path.Combine(AppContext.BaseDirectory, "Training", script);
        var start = new ProcessStartInfo("/usr/bin/python3", [script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        start.Environment["MALLOC_MMAP_THRESHOLD_"] = "1073741824";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "1073741824";
        start.Environment["MALLOC_TOP_PAD_"] = "67108864";
        if (EngineInstructions.Current != InstructionSet.Avx512) ForbidAvx512(start);
        if (!File.Exists(start.FileName)) return null;
        var process = Process.Start(start)!;
        if (process.StandardOutput.ReadLine() is { } line && line.StartsWith("ready ", StringComparison.Ordinal))
        {
            return new PythonPeer(process) { Version = line[6..] };
        }

        process.Dispose();
        return null;
    }

    /// <summary>The same restriction for PyTorch's own kernels, oneDNN and OpenBLAS.</summary>
    private static void ForbidAvx512(ProcessStartInfo start)
    {
        start.Environment["ATEN_CPU_CAPABILITY"] = "avx2";
        start.Environment["DNNL_MAX_CPU_ISA"] = "AVX2";
        start.Environment["ONEDNN_MAX_CPU_ISA"] = "AVX2";
        start.Environment["OPENBLAS_CORETYPE"] = "Haswell";
    }

    /// <summary>Images per second of processor time.</summary>
    public double Rate(string net, string mode, double seconds)
    {
        process.StandardInput.WriteLine(FormattableString.Invariant($"{net} {mode} {seconds}"));
        string answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException(process.StandardError.ReadToEnd());
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
