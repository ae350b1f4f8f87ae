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

        /// <summary>Checks every vector, one report line each.</summary>
        /// <returns>The number of vectors that failed.</returns>
        public static int Run()
        {
            int failed = 0;
            for (int vector = 0; vector < Golden.Count; vector++)
            {
                if (!Check(vector)) failed++;
            }

            return failed;
        }

        /// <summary>Measures all vectors together, because a board's clock may tick slower than one inference takes.</summary>
        public static void Time()
        {
            long start = DateTime.UtcNow.Ticks;
            for (int vector = 0; vector < Golden.Count; vector++) Infer(vector);

            // The same work without the model: what reading the vectors costs is not the model's.
            long middle = DateTime.UtcNow.Ticks;
            Model.Reset();
            for (int vector = 0; vector < Golden.Count; vector++)
            {
                for (int index = 0; index < Model.InputHeight; index++) ReadRow(vector, index);
            }

            long end = DateTime.UtcNow.Ticks;
            Report.Time(middle - start, end - middle);
        }

        private static bool Check(int vector)
        {
            int shortRow = Infer(vector);
            if (shortRow != Complete)
            {
                Report.ShortRow(vector, shortRow, ReadRow(vector, shortRow), Model.RowBytes);
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
        private static int Infer(int vector)
        {
            Model.Reset();
            for (int index = 0; index < Model.InputHeight; index++)
            {
                if (ReadRow(vector, index) != Model.RowBytes) return index;
                Model.RowArrived();
            }

            Model.Run();
            return Complete;
        }

        /// <summary>Decodes a row to where the model takes it; returns the number of bytes that it holds.</summary>
        private static int ReadRow(int vector, int row)
        {
            return Hex.Read(Golden.Row(vector, row), Model.Arena, Model.RowOffset, Model.RowBytes);
        }
    }
}
