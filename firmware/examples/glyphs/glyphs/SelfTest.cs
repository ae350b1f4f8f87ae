using System;
using SparseNas.Generated;

namespace SparseNas.Device
{
    /// <summary>
    /// Runs the golden vectors: inputs whose outputs were computed by the reference executor. Integers leave no room for rounding,
    /// so every logit must be equal.
    /// </summary>
    public static class SelfTest
    {
        private const int Complete = -1;

        /// <summary>Checks every vector, one report line each. <paramref name="row"/> is scratch of one image row.</summary>
        /// <returns>The number of vectors that failed.</returns>
        public static int Run(byte[] row)
        {
            int failed = 0;
            for (int vector = 0; vector < Golden.Count; vector++)
            {
                if (!Check(vector, row)) failed++;
            }

            return failed;
        }

        /// <summary>Measures all vectors together, because a board's clock may tick slower than one inference takes.</summary>
        public static void Time(byte[] row)
        {
            long start = DateTime.UtcNow.Ticks;
            for (int vector = 0; vector < Golden.Count; vector++) Infer(vector, row);

            // The same work without the model: what reading the vectors costs is not the model's.
            long middle = DateTime.UtcNow.Ticks;
            for (int vector = 0; vector < Golden.Count; vector++)
            {
                for (int index = 0; index < Model.InputHeight; index++) Hex.Read(Golden.Row(vector, index), row);
            }

            long end = DateTime.UtcNow.Ticks;
            Report.Time(middle - start, end - middle);
        }

        private static bool Check(int vector, byte[] row)
        {
            int shortRow = Infer(vector, row);
            if (shortRow != Complete)
            {
                Report.ShortRow(vector, shortRow, Hex.Read(Golden.Row(vector, shortRow), row), row.Length);
                return false;
            }

            string expected = Golden.Logits(vector);
            int sum = 0;
            int different = 0;
            int first = 0;
            for (int index = Model.Classes - 1; index >= 0; index--)
            {
                int logit = Model.Logit(index);
                sum = sum * 31 + logit;
                if (logit != Hex.ReadInt(expected, index * 8))
                {
                    different++;
                    first = index;
                }
            }

            if (different == 0) Report.Passed(vector, Model.Class(), sum);
            else Report.Failed(vector, Model.Class(), sum, different, first, Model.Logit(first), Hex.ReadInt(expected, first * 8));

            return different == 0;
        }

        /// <summary>One inference. Returns the index of the first row that has not the model's width, or <see cref="Complete"/>.</summary>
        private static int Infer(int vector, byte[] row)
        {
            Model.Reset();
            for (int index = 0; index < Model.InputHeight; index++)
            {
                if (Hex.Read(Golden.Row(vector, index), row) != row.Length) return index;
                Model.PushRow(row);
            }

            Model.Run();
            return Complete;
        }
    }
}
