namespace SparseNas.Pipeline.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => FullName = Directory.CreateTempSubdirectory("sparsenas-").FullName;

    public string FullName { get; }

    public string File(string name) => Path.Combine(FullName, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(FullName, recursive: true);
        }
        catch (IOException)
        {
            // a test that removes write permission or is still writing leaves its folder to the system's cleaner
        }
        catch (UnauthorizedAccessException)
        {
        }
    }
}
