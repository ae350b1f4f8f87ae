namespace SparseNas.Pipeline.Tests;

/// <summary>A study that is real in every stage and over in seconds.</summary>
internal static class TestStudy
{
    /// <summary>Without a board no trial is generated, compiled and simulated: what a test of the study's own life needs is sooner over.</summary>
    public static string WriteWithoutBoard(TemporaryFolder folder, int trials) => Write(folder, trials, board: "");

    public static string Write(
        TemporaryFolder folder, int trials, string name = "small", string dataset = "glyphs", string limit = "8192", string more = "",
        string board = "\"board\": \"ESP32_C3\",")
    {
        string path = folder.File(name + ".json");
        File.WriteAllText(path, $$"""
            {
              "name": "{{name}}",
              "dataset": { "name": "{{dataset}}", "validationFraction": 0.2, "trainingSamples": 400 },
              {{board}}
              "seed": 7,
              "trials": {{trials}},{{more}}
              "objectives": [
                { "name": "validationError" },
                { "name": "parameterBytes", "limit": {{limit}} },
                { "name": "workingMemoryPeakBytes", "limit": 4096 }
              ],
              "space": {
                "input": { "downsample": [1, 2] },
                "blocks": {
                  "count": { "from": 1, "to": 2 }, "kinds": ["conv", "separable"], "kernels": [3], "strides": [1, 2], "channels": [4, 6],
                  "padding": ["same", "valid"], "pooling": ["none", "max2"]
                },
                "head": { "kinds": ["gap", "dense"] }
              },
              "training": { "epochs": 1, "batchSize": 32, "optimizer": "adam", "learningRate": 0.01, "weightDecay": 0 },
              "optimizer": { "kind": "evolution", "population": 8, "sample": 3, "initialTrials": 5, "lag": 2 }
            }
            """);
        return path;
    }
}
