using System;

namespace SparseNas.Device
{
    /// <summary>
    /// Times four kinds of work by themselves: arithmetic, array elements, calls, collections. One inference mixes them all; with these four
    /// beside it, a log says which of them the simulator's cost table misjudges on this board, so that other models are predicted too.
    /// </summary>
    public static class Probe
    {
        /// <summary>100 ms: clocks may tick once a millisecond.</summary>
        private const long LongEnoughTicks = 1000000;

        private const int Arithmetic = 0;
        private const int Memory = 1;
        private const int Calls = 2;
        private const int Collections = 3;

        private static int sink;

        /// <summary>Interruptions disturb single measurements.</summary>
        private const int Repetitions = 4;

        /// <summary>Runs the four probes in turns, one report line each time. The memory is theirs meanwhile.</summary>
        public static void Run(byte[] memory)
        {
            for (int turn = 0; turn < Repetitions; turn++)
            {
                Measure("arithmetic", Arithmetic, memory);
                Measure("memory", Memory, memory);
                Measure("calls", Calls, memory);
                Measure("collections", Collections, memory);
            }
        }

        private static void Measure(string name, int kind, byte[] memory)
        {
            int rounds = 0;
            long start = DateTime.UtcNow.Ticks;
            long now;
            do
            {
                switch (kind)
                {
                    case Arithmetic:
                        Compute();
                        break;
                    case Memory:
                        Touch(memory);
                        break;
                    case Calls:
                        Call();
                        break;
                    default:
                        nanoFramework.Runtime.Native.GC.Run(true);
                        break;
                }

                rounds++;
                now = DateTime.UtcNow.Ticks;
            }
            while (now - start < LongEnoughTicks);

            Report.Probe(name, rounds, now - start);
        }

        private static void Compute()
        {
            int a = sink;
            int b = 7;
            for (int index = 0; index < 250; index++)
            {
                a = a * 31 + index + b * 5 - (a >> 3);
                b = b * 17 + a + index * 3 - (b >> 2);
            }

            sink = a + b;
        }

        private static void Touch(byte[] memory)
        {
            int last = memory.Length - 1;
            for (int index = 0; index < 250; index++)
            {
                memory[last] = memory[0];
                memory[0] = memory[last];
                memory[last] = memory[0];
                memory[0] = memory[last];
            }
        }

        private static void Call()
        {
            for (int index = 0; index < 125; index++)
            {
                Nothing();
                Nothing();
                Nothing();
                Nothing();
            }
        }

        private static void Nothing()
        {
        }
    }
}
